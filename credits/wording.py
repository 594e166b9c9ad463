"""JP in words a learner reads: amounts, reasons, rules."""

import datetime as dt
import math
from collections.abc import Mapping
from fractions import Fraction

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.amounts import jp_exact, jp_number
from core.zones import zone_label

from . import engine
from .models import JpRule, LedgerEntry
from .years import JpYear

number, precise = jp_number, jp_exact


def needed(jp: Fraction) -> str:
    """Write JP that are missing, to the half, rounded up: who learns so many is not told that a little is left."""
    return number(Fraction(math.ceil(jp * 2), 2))


def reasons(entry: LedgerEntry) -> list[str]:
    """Say why an entry is worth no more, in the order in which it was cut."""
    return [reason(code, values, entry.zone) for code, values in entry.reasons]


def reason(code: str, values: Mapping[str, str], zone: str) -> str:
    if code == engine.DAILY_CAP:
        day = formats.date_format(dt.date.fromisoformat(values["day"]), "j F")
        told = {"cap": precise(Fraction(values["cap"])), "day": day, "zone": zone_label(zone)}
        return _("%(cap)s JP per day reached on %(day)s, %(zone)s") % told
    if code == engine.MONTHLY_SESSIONS:
        month = formats.date_format(dt.date.fromisoformat(f"{values['month']}-01"), "F Y")
        limit = int(values["limit"])
        text = ngettext(
            "%(limit)d session in a month reached in %(month)s",
            "%(limit)d sessions in a month reached in %(month)s",
            limit,
        )
        return text % {"limit": limit, "month": month}
    if code == engine.NO_RULE:
        return _("No rule says yet what this form of learning is worth")
    return _("Taken back: the completion no longer stands")


def year_name(year: JpYear) -> str:
    """Name a year: `2026`, or from day to day for the year of a contract."""
    if year.is_calendar:
        return str(year.span.first.year)
    days = {"first": day_name(year.span.first), "last": day_name(year.span.last)}
    return _("%(first)s – %(last)s") % days


def day_name(day: dt.date) -> str:
    return formats.date_format(day, "j M Y")


def worth(rule: JpRule) -> str:
    """Say in short what a rule gives: `4 JP per hari`, `JP program, +20%, paling banyak 3 JP per hari`."""
    words = []
    if rule.unit == JpRule.Unit.MINUTES:
        words.append(str(JpRule.Unit.MINUTES.label))
    else:
        told = {"jp": precise(Fraction(rule.value or 0)), "unit": rule.get_unit_display()}
        words.append(_("%(jp)s JP %(unit)s") % told)
    if rule.plus_percent:
        words.append(f"+{rule.plus_percent}%")
    if rule.daily_cap is not None and not (rule.unit == JpRule.Unit.DAY and rule.daily_cap == rule.value):
        words.append(_("at most %(jp)s JP per day") % {"jp": precise(Fraction(rule.daily_cap))})
    if rule.monthly_sessions is not None:
        text = ngettext("at most %(n)d session per month", "at most %(n)d sessions per month", rule.monthly_sessions)
        words.append(text % {"n": rule.monthly_sessions})
    return ", ".join(words)
