"""The rules of JP as they stand: which row is in force for a form on a day, and the exact terms that follow from it."""

import datetime as dt
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from core.law import legal_value
from core.models import LegalParameter
from courses.models import CoursePage
from people.models import Dated

from . import engine
from .models import AgencyCreditSetting, JpRule, TargetRule

Row = TypeVar("Row", bound=Dated)

KEEP_SECONDS = 60
_kept: tuple[float, "RuleBook"] | None = None


@dataclass(frozen=True)
class Ruling:
    """What holds for a form on a day: the rows it follows from, None where there is none, and the numbers."""

    rule: JpRule | None = None
    setting: AgencyCreditSetting | None = None
    terms: engine.Terms | None = None


@dataclass(frozen=True)
class RuleBook:
    """All dated rows of JP, read once: they are few."""

    rules: Sequence[JpRule]
    settings: Sequence[AgencyCreditSetting]
    targets: Sequence[TargetRule]

    def ruling(self, *, form: str, is_international: bool, day: dt.date, agency_id: int | None) -> Ruling:
        """Return what holds for people of an agency (None: of none)."""
        scope = JpRule.Scope.INTERNATIONAL if is_international else JpRule.Scope.NATIONAL
        rule = in_force((row for row in self.rules if row.form == form and row.scope == scope), day)
        setting = self.setting(agency_id, day)
        return Ruling(rule, setting, terms_of(rule, setting, day) if rule else None)

    def setting(self, agency_id: int | None, day: dt.date) -> AgencyCreditSetting | None:
        return in_force((row for row in self.settings if row.agency_id == agency_id), day)

    def target(self, kind: str, day: dt.date) -> TargetRule | None:
        return in_force((row for row in self.targets if row.kind == kind), day)


def in_force(rows: Iterable[Row], day: dt.date) -> Row | None:
    """Return the row that covers a day: the one that began last, should two do."""
    covering = [row for row in rows if row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)]
    return max(covering, key=lambda row: row.valid_from, default=None)


def terms_of(rule: JpRule, setting: AgencyCreditSetting | None, day: dt.date) -> engine.Terms | None:
    """Return the numbers of a rule as an agency reads it; None for a day before the law knew JP."""
    try:
        minutes_per_jp = legal_value(LegalParameter.Name.MINUTES_PER_JP, day)
    except LookupError:
        return None
    by_minutes = (
        setting is not None
        and setting.short_events == AgencyCreditSetting.ShortEvents.MINUTES
        and rule.form == CoursePage.Form.SEMINAR
        and rule.unit == JpRule.Unit.DAY
    )
    cap = rule.daily_cap if rule.daily_cap is not None or not by_minutes else rule.value
    return engine.Terms(
        unit=engine.MINUTES if by_minutes else rule.unit,
        minutes_per_jp=minutes_per_jp,
        value=None if by_minutes or rule.value is None else Fraction(rule.value),
        plus_percent=rule.plus_percent,
        daily_cap=None if cap is None else Fraction(cap),
        monthly_sessions=rule.monthly_sessions,
        cap_by=setting.cap_by if setting else engine.PERSON,
    )


def read_rulebook() -> RuleBook:
    """Return the rules as they are at this moment; three queries."""
    return RuleBook(
        rules=tuple(JpRule.objects.all()),
        settings=tuple(AgencyCreditSetting.objects.all()),
        targets=tuple(TargetRule.objects.all()),
    )


def rulebook() -> RuleBook:
    """Return the rules for showing, at most a minute old; deciding reads them anew."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > KEEP_SECONDS:
        _kept = (time.monotonic(), read_rulebook())
    return _kept[1]


def forget_rulebook() -> None:
    """Forget what this process keeps: after a change, and in tests, whose rollbacks take rows away."""
    global _kept
    _kept = None
