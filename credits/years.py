"""The years in which a person's JP are counted: PNS by the calendar, PPPK by their contract.

What was learnt stays with the person: a PPPK who becomes PNS in July has a PNS year that begins in January and counts
what was learnt as PPPK since then; the contract's year ends with the contract. Who has no employment has no target.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from people.models import Employment

from . import engine
from .models import TargetMeaning, TargetRule
from .rulebook import RuleBook, in_force


@dataclass(frozen=True)
class JpYear:
    """A span of days with what is asked in it; `target` None: nothing is known to be asked."""

    span: engine.Span
    kind: str = ""
    target: Fraction | None = None
    meaning: str = ""
    source: str = ""

    @property
    def key(self) -> str:
        """What names the year in an address: its first day."""
        return self.span.first.isoformat()

    @property
    def is_calendar(self) -> bool:
        return self.span == engine.calendar_year(self.span.first)

    @property
    def is_ceiling(self) -> bool:
        return self.meaning == TargetMeaning.CEILING


def year_on(employments: Sequence[Employment], book: RuleBook, day: dt.date) -> JpYear:
    """Return the year around a day by the employment in force on it."""
    job = in_force(employments, day)
    return _year_of(job, book, day) if job else JpYear(engine.calendar_year(day))


def _year_of(job: Employment, book: RuleBook, day: dt.date) -> JpYear:
    rule = book.target(job.kind, day)
    if rule is None:
        return JpYear(engine.calendar_year(day), kind=job.kind)
    span = engine.calendar_year(day) if rule.year == TargetRule.Year.CALENDAR else _contract_span(job, day)
    return JpYear(
        span=span,
        kind=job.kind,
        target=Fraction(rule.jp),
        meaning=_meaning(job, rule, book, day),
        source=rule.source,
    )


def _contract_span(job: Employment, day: dt.date) -> engine.Span:
    """Return the contract's year, which ends with the employment; where no contract is known the employment counts."""
    begins = job.contract_from if job.contract_from and job.contract_from <= day else job.valid_from
    span = engine.contract_year(day, begins, job.contract_to)
    return engine.Span(span.first, min(span.last, job.valid_to)) if job.valid_to else span


def _meaning(job: Employment, rule: TargetRule, book: RuleBook, day: dt.date) -> str:
    setting = book.setting(job.agency_id, day)
    return setting.pppk_meaning if setting and job.kind == Employment.Kind.PPPK else rule.meaning


def years_since(employments: Sequence[Employment], book: RuleBook, first: dt.date, today: dt.date) -> list[JpYear]:
    """Return the years from the one around today back to the one around `first`, the newest first, each once."""
    years = [year_on(employments, book, today)]
    known = {years[0].key}
    for job in sorted(employments, key=lambda job: job.valid_from, reverse=True):
        day = min(job.valid_to or today, today)
        while day >= max(job.valid_from, first):
            year = _year_of(job, book, day)
            if year.key not in known:
                known.add(year.key)
                years.append(year)
            day = year.span.first - dt.timedelta(days=1)
    if not employments:
        years += [JpYear(engine.calendar_year(dt.date(n, 1, 1))) for n in range(today.year - 1, first.year - 1, -1)]
    return years
