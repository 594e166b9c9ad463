"""Rules and reasons in words a learner reads: what is asked, what is missing, why it counts."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.core_tags import as_moment

from .models import Enrolment
from .states import decision_of


def duration(seconds: int) -> str:
    """Write seconds as people say them: `40 detik`, `2 menit`, `1 menit 20 detik`."""
    minutes, rest = divmod(int(seconds), 60)
    words = []
    if minutes:
        words.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    if rest or not minutes:
        words.append(ngettext("%(count)d second", "%(count)d seconds", rest) % {"count": rest})
    return " ".join(words)


def percentage(share: Fraction | None) -> str:
    """Write an exact share as percent, cut after one decimal and never rounded up: 70 means at least 70."""
    if share is None:
        return "–"
    tenths = Decimal(share.numerator * 1000 // share.denominator) / 10
    return f"{formats.number_format(tenths, 1 if tenths % 1 else 0)}%"


def rule(rule: Mapping[str, Any]) -> str:
    """Say what an activity asks for."""
    name = rule.get("rule", "")
    if name == "read":
        if not rule.get("minimum_seconds"):
            return _("Read to the end.")
        return _("Read to the end, and for at least %(time)s in all.") % {"time": duration(rule["minimum_seconds"])}
    if name == "declared":
        return _("You say yourself that you have finished it.")
    if name == "graded":
        return _("It was marked, whatever the mark.")
    if name == "passed":
        return _("A mark of at least %(mark)s.") % {"mark": percentage(Fraction(rule.get("pass_mark", 100), 100))}
    return _("The rule of this activity is not known here, so it stays open.")


def reason(code: str, values: Mapping[str, Any]) -> str:
    """Word one reason of a decision."""
    return _REASONS[code](values)


def missing(enrolment: Enrolment, activity_id: int) -> str:
    """Say what an activity still needs, for somebody who has just pressed “finished”."""
    told = decision_of(enrolment.edition_id, activity_id, enrolment.events.filter(activity_id=activity_id))
    reasons = [reason(code, values) for code, values in told.because]
    return " ".join([*reasons, _("Nothing is lost: what you have read so far counts.")])


def _needs_seconds(values):
    return _("Still to read: %(missing)s.") % {"missing": duration(values["missing"])}


def _read(values):
    return _("Read to the end, for %(time)s by %(moment)s; it asks for at least %(minimum)s.") % {
        "time": duration(values["seconds"]),
        "moment": as_moment(values["at"]),
        "minimum": duration(values["minimum"]),
    }


def _below_mark(values):
    return _("The best mark so far is %(score)s; %(mark)s is needed.") % {
        "score": percentage(values["score"]),
        "mark": percentage(values["pass_mark"]),
    }


def _passed(values):
    return _("Passed with %(score)s, %(moment)s.") % {
        "score": percentage(values["score"]),
        "moment": as_moment(values["at"]),
    }


def _passed_by_attempt(values):
    return _("Passed with %(score)s by the rules that held when the attempt began, %(moment)s.") % {
        "score": percentage(values["score"]),
        "moment": as_moment(values["at"]),
    }


_REASONS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "needs_end": lambda values: _("You have not reached the end yet."),
    "needs_seconds": _needs_seconds,
    "needs_word": lambda values: _("You have not said yet that you finished it."),
    "needs_grade": lambda values: _("There is no mark yet."),
    "needs_pass": lambda values: (
        _("There is no mark yet; %(mark)s is needed.") % {"mark": percentage(values["pass_mark"])}
    ),
    "below_mark": _below_mark,
    "read": _read,
    "declared": lambda values: _("You said that you finished it, %(moment)s.") % {"moment": as_moment(values["at"])},
    "graded": lambda values: (
        _("Marked with %(score)s, %(moment)s.")
        % {"score": percentage(values["score"]), "moment": as_moment(values["at"])}
    ),
    "passed_by_mark": _passed,
    "passed_by_attempt": _passed_by_attempt,
    "regrade_kept": lambda values: (
        _("The mark was corrected to %(score)s; what was passed stays passed.") % {"score": percentage(values["score"])}
    ),
    "overridden_complete": lambda values: (
        _("An organiser decided that it counts as complete, %(moment)s.") % {"moment": as_moment(values["at"])}
    ),
    "overridden_incomplete": lambda values: (
        _("An organiser decided that it does not count as complete, %(moment)s.") % {"moment": as_moment(values["at"])}
    ),
    "override_withdrawn": lambda values: (
        _("An organiser took an earlier decision back, %(moment)s.") % {"moment": as_moment(values["at"])}
    ),
    "redo": lambda values: (
        _("An organiser asked to do it again, %(moment)s; only what came after counts.")
        % {"moment": as_moment(values["at"])}
    ),
    "unknown_rule": lambda values: rule(values),
}
