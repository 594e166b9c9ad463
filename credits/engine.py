"""What learning is worth: pure rules from minutes on local days to exact JP, with a reason for each JP that is cut.

Knows no database, clock or language. Minutes are whole numbers and are never cut; JP are exact fractions; what was
decided before stands in a `Tally` and is never decided again. Reasons leave as codes with values.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

MINUTES, DAY, SESSION, SEMESTER, ONCE = "minutes", "day", "session", "semester", "once"
UNITS = (MINUTES, DAY, SESSION, SEMESTER, ONCE)
PERSON, PROGRAMME = "person", "programme"

DAILY_CAP, MONTHLY_SESSIONS, NO_RULE = "daily_cap", "monthly_sessions", "no_rule"
NOTHING = Fraction(0)

Reason = tuple[str, Mapping[str, str]]


@dataclass(frozen=True)
class Terms:
    """The numbers a day is decided with: of the rule in force on it, and of the agency's setting.

    `value` are JP for one unit (None where minutes count), `daily_cap` JP, `cap_by` says whether the limit of a day
    holds for the person over all programmes of the form, or for each programme.
    """

    unit: str
    minutes_per_jp: Fraction
    value: Fraction | None = None
    plus_percent: int = 0
    daily_cap: Fraction | None = None
    monthly_sessions: int | None = None
    cap_by: str = PERSON

    @property
    def for_one(self) -> Fraction:
        """JP of one unit, with what is added."""
        return (self.value or NOTHING) * (100 + self.plus_percent) / 100

    def worth(self, minutes: int, units: int) -> Fraction:
        """Return the JP before any limit."""
        if self.unit == MINUTES:
            return Fraction(minutes) / self.minutes_per_jp * (100 + self.plus_percent) / 100
        return self.for_one * units

    def to_data(self) -> dict[str, Any]:
        """Return JSON values: exact numbers as text such as `"12/5"`."""
        return {
            "unit": self.unit,
            "minutes_per_jp": str(self.minutes_per_jp),
            "value": None if self.value is None else str(self.value),
            "plus_percent": self.plus_percent,
            "daily_cap": None if self.daily_cap is None else str(self.daily_cap),
            "monthly_sessions": self.monthly_sessions,
            "cap_by": self.cap_by,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Terms | None":
        """Read what `to_data` wrote; None for nothing: no rule was in force."""
        if not data:
            return None
        return cls(
            unit=data["unit"],
            minutes_per_jp=Fraction(data["minutes_per_jp"]),
            value=None if data["value"] is None else Fraction(data["value"]),
            plus_percent=data["plus_percent"],
            daily_cap=None if data["daily_cap"] is None else Fraction(data["daily_cap"]),
            monthly_sessions=data["monthly_sessions"],
            cap_by=data["cap_by"],
        )


@dataclass(frozen=True)
class Study:
    """Learning of one programme on one local day; `terms` None: no rule covers it. `key` orders what is of one day."""

    day: dt.date
    form: str
    programme: str
    minutes: int
    terms: Terms | None
    units: int = 1
    key: str = ""


@dataclass(frozen=True)
class Credit:
    """What a study is worth, what of it is credited, and why not the rest."""

    study: Study
    worth: Fraction
    credited: Fraction
    reasons: tuple[Reason, ...] = ()

    @property
    def cut(self) -> Fraction:
        return self.worth - self.credited


@dataclass
class Tally:
    """What is decided already: credited JP by day and form, over all and by programme, and sessions by month."""

    by_person: dict[tuple[dt.date, str], Fraction] = field(default_factory=dict)
    by_programme: dict[tuple[dt.date, str, str], Fraction] = field(default_factory=dict)
    sessions: dict[tuple[int, int, str], Fraction] = field(default_factory=dict)

    def add(self, study: Study, credited: Fraction) -> None:
        """Add a decision, or take one back with JP below zero."""
        person, programme, month = _keys(study)
        self.by_person[person] = self.by_person.get(person, NOTHING) + credited
        self.by_programme[programme] = self.by_programme.get(programme, NOTHING) + credited
        if study.terms and study.terms.unit == SESSION and study.terms.for_one:
            self.sessions[month] = self.sessions.get(month, NOTHING) + credited / study.terms.for_one

    def on_day(self, study: Study) -> Fraction:
        """Return what the day's limit of a study has used up."""
        person, programme, _month = _keys(study)
        if study.terms and study.terms.cap_by == PROGRAMME:
            return self.by_programme.get(programme, NOTHING)
        return self.by_person.get(person, NOTHING)

    def in_month(self, study: Study) -> Fraction:
        return self.sessions.get(_keys(study)[2], NOTHING)


def _keys(study: Study) -> tuple[tuple[dt.date, str], tuple[dt.date, str, str], tuple[int, int, str]]:
    day, form = study.day, study.form
    return (day, form), (day, form, study.programme), (day.year, day.month, form)


def credit(studies: Iterable[Study], tally: Tally | None = None) -> list[Credit]:
    """Credit studies by day and key, after what the tally holds; the tally (a new one without) takes them up."""
    tally = tally if tally is not None else Tally()
    return [decide(study, tally) for study in sorted(studies, key=lambda study: (study.day, study.key))]


def decide(study: Study, tally: Tally) -> Credit:
    """Decide one study after all that the tally holds, and add it there."""
    terms = study.terms
    if terms is None:
        return Credit(study, NOTHING, NOTHING, ((NO_RULE, {}),))
    worth = terms.worth(study.minutes, study.units)
    credited, reasons = worth, []
    if terms.unit == SESSION and terms.monthly_sessions is not None:
        left = max(terms.monthly_sessions - tally.in_month(study), NOTHING)
        if left < study.units:
            credited = left * terms.for_one
            reasons.append((MONTHLY_SESSIONS, {"limit": str(terms.monthly_sessions), "month": f"{study.day:%Y-%m}"}))
    if terms.daily_cap is not None:
        left = max(terms.daily_cap - tally.on_day(study), NOTHING)
        if left < credited:
            credited = left
            reasons.append((DAILY_CAP, {"cap": str(terms.daily_cap), "day": study.day.isoformat()}))
    tally.add(study, credited)
    return Credit(study, worth, credited, tuple(reasons))


# --- how minutes fall on days ----------------------------------------------------------------------------------------


def spread(total: int, days: int) -> list[int]:
    """Share a whole number over days as evenly as it goes, the first days get the rest; the sum stays."""
    share, rest = divmod(total, days)
    return [share + (number < rest) for number in range(days)]


def days_needed(jp: Fraction, daily_cap: Fraction | None) -> int:
    """Return on how many different days JP must be learnt to be credited in full: 10 JP at 3 a day need 4.

    0 where a limit of 0 lets nothing through.
    """
    if jp <= 0 or daily_cap is None:
        return 1
    return -(-jp // daily_cap) if daily_cap else 0


def earliest_day(missing: Fraction, today: dt.date, daily_cap: Fraction | None, used_today: Fraction) -> dt.date | None:
    """Return the first day on which missing JP can all be credited, learning from today; None where none ever is."""
    if missing <= 0 or daily_cap is None:
        return today
    after_today = missing - max(daily_cap - used_today, NOTHING)
    if after_today <= 0:
        return today
    return today + dt.timedelta(days=-(-after_today // daily_cap)) if daily_cap else None


# --- years -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """Days from first to last, both included."""

    first: dt.date
    last: dt.date

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def calendar_year(day: dt.date) -> Span:
    return Span(dt.date(day.year, 1, 1), dt.date(day.year, 12, 31))


def contract_year(day: dt.date, contract_from: dt.date, contract_to: dt.date | None = None) -> Span:
    """Return the year of a contract around a day: from anniversary to anniversary, the last one to the contract's end.

    A contract from 29 February has its anniversaries on 1 March of other years. Before the contract its first year.
    """
    years = max(day.year - contract_from.year, 0)
    if years and anniversary(contract_from, years) > day:
        years -= 1
    first, last = anniversary(contract_from, years), anniversary(contract_from, years + 1) - dt.timedelta(days=1)
    if contract_to and first <= contract_to < last:
        last = contract_to
    return Span(first, last)


def anniversary(start: dt.date, years: int) -> dt.date:
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return dt.date(start.year + years, 3, 1)


def forecast(credited: Fraction, span: Span, today: dt.date, least_days: int = 30) -> Fraction | None:
    """Return the JP at the end of a span if they go on at the same pace; None while too few days have passed."""
    passed = (min(today, span.last) - span.first).days + 1
    if passed < min(least_days, span.days):
        return None
    return credited * span.days / passed


def choose(missing: Fraction, offers: Sequence[tuple[Any, Fraction]], most: int = 4) -> tuple[list[Any], bool]:
    """Choose offers (thing, JP) in their order until they close what is missing; say whether they do.

    The last one is the smallest that still closes it, so that nobody is sent through 10 JP for the sake of one.
    """
    chosen: list[Any] = []
    left = [offer for offer in offers if offer[1] > 0]
    while missing > 0 and left and len(chosen) < most:
        closing = min((offer for offer in left if offer[1] >= missing), key=lambda offer: offer[1], default=None)
        thing, jp = closing or left[0]
        chosen.append(thing)
        missing -= jp
        left = [offer for offer in left if offer[0] is not thing]
    return chosen, missing <= 0
