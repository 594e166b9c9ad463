"""Rules and reasons in words a learner reads: what is asked, what is missing, why it counts."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.core_tags import as_moment

from . import policy
from .models import Enrolment
from .queries import CourseStanding, Watched
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
    if name == "watched":
        return _(
            "Watch at least %(share)s of the recording, or read its text to the end for at least %(time)s in all."
        ) % {"share": percentage(_percent(rule)), "time": duration(rule.get("minimum_seconds") or 0)}
    if name == "submitted":
        return _("You hand your work in.")
    if name == "attempts":
        mark = percentage(_pass_mark(rule))
        return _("A mark of at least %(mark)s, or all attempts used.") % {"mark": mark}
    if name == "confirmed":
        return _("An organiser confirms it.")
    if name == "graded":
        return _("It was marked, whatever the mark.")
    if name == "passed" and not _pass_mark(rule):
        return _("It was marked, whatever the mark.")
    if name == "passed":
        return _("A mark of at least %(mark)s.") % {"mark": percentage(_pass_mark(rule))}
    if name in _rules_of_others:
        return _rules_of_others[name](rule)
    return _("The rule of this activity is not known here, so it stays open.")


def _pass_mark(rule: Mapping[str, Any]) -> Fraction:
    return Fraction(rule.get("pass_mark", 100), 100)


def _percent(rule: Mapping[str, Any]) -> Fraction:
    return Fraction(rule.get("percent", 100), 100)


Words = Callable[[Mapping[str, Any]], str]
_rules_of_others: dict[str, Words] = {}


def register_words(*, rules: Mapping[str, Words], reasons: Mapping[str, Words]) -> None:
    """Give the rules and reasons of an app above (`policy.register_rule`) their words; each takes its values."""
    _rules_of_others.update(rules)
    _REASONS.update(reasons)


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


def _needs_watching(values):
    return watched_so_far(values["share"], values["needed"])


def watching(watched: Watched) -> str:
    """Say how much was watched, and that it is enough once it is."""
    said = watched_so_far(watched.share, watched.needed)
    return f"{said} {_('That is enough.')}" if watched.is_enough else said


def watched_so_far(share: Fraction, needed: Fraction) -> str:
    """Say how much of the recordings was watched, of how much: `45 of 80%`."""
    return _("You have watched %(share)s of %(needed)s.") % {
        "share": percentage(share).removesuffix("%"),
        "needed": percentage(needed),
    }


def _watched(values):
    return _("Watched %(share)s of the recording by %(moment)s; %(needed)s was needed.") % {
        "share": percentage(values["share"]),
        "moment": as_moment(values["at"]),
        "needed": percentage(values["needed"]),
    }


def _read_text(values):
    return _("The text of the recording was read to the end, for %(time)s by %(moment)s.") % {
        "time": duration(values["seconds"]),
        "moment": as_moment(values["at"]),
    }


def _attempts_used(values):
    return _("All attempts are used, %(moment)s. The best mark is %(score)s; %(mark)s was needed to pass.") % {
        "score": percentage(values["score"]),
        "moment": as_moment(values["at"]),
        "mark": percentage(values["pass_mark"]),
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


_REASONS: dict[str, Words] = {
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
    "needs_watching": _needs_watching,
    "watched": _watched,
    "read_text": _read_text,
    "attempts_used": _attempts_used,
    "needs_confirmation": lambda values: _("An organiser has not confirmed it yet."),
    "needs_work": lambda values: _("You have not handed any work in yet."),
    "submitted": lambda values: _("You handed your work in, %(moment)s.") % {"moment": as_moment(values["at"])},
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


# --- what a course asks for ------------------------------------------------------------------------------------------


def conditions(standing: CourseStanding) -> list[tuple[bool, str]]:
    """Word what a course asks for, each met or still missing."""
    titles = {course_id: course.title for course_id, course in standing.courses.items()}
    return [(one.met_at is not None, _condition(one, titles)) for one in standing.decision.conditions]


def _condition(condition: policy.Condition, titles: Mapping[int, str]) -> str:
    words = _MET if condition.met_at else _MISSING
    return words[condition.code]({**condition.values, "at": condition.met_at, "titles": titles})


def _parts_missing(values):
    missing = values["needed"] - values["done"]
    if not values["of"]:
        return _("This course has no required part, so it is not completed by itself.")
    if values["needed"] < values["of"]:
        return ngettext(
            "%(count)d more of the %(of)d required parts; which ones is up to you.",
            "%(count)d more of the %(of)d required parts; which ones is up to you.",
            missing,
        ) % {"count": missing, "of": values["of"]}
    return ngettext("%(count)d required part.", "%(count)d required parts.", missing) % {"count": missing}


def _parts_met(values):
    return ngettext(
        "%(count)d required part is complete, %(moment)s.", "%(count)d required parts are complete, %(moment)s.",
        values["needed"],
    ) % {"count": values["needed"], "moment": as_moment(values["at"])}  # fmt: skip


def _grade_missing(values):
    if values["grade"] is None:
        return _("Mean mark of %(minimum)s; there is no mark yet.") % {"minimum": percentage(values["minimum"])}
    return _("Mean mark of %(minimum)s, now %(grade)s.") % {
        "minimum": percentage(values["minimum"]),
        "grade": percentage(values["grade"]),
    }


def _grade_met(values):
    told = {"minimum": percentage(values["minimum"]), "grade": percentage(values["grade"])}
    told["moment"] = as_moment(values["at"])
    if values["grade"] < values["minimum"]:
        return (
            _(
                "The mean mark of %(minimum)s was reached, %(moment)s. A mark was corrected to less since; what was "
                "reached stays."
            )
            % told
        )
    return _("The mean mark of %(minimum)s was reached, %(moment)s; it is %(grade)s now.") % told


def _titles(values, name: str) -> str:
    return ", ".join(f"“{values['titles'].get(course_id, _('a course that is gone'))}”" for course_id in values[name])


def _courses_missing(values):
    return _("Complete first: %(titles)s.") % {"titles": _titles(values, "missing")}


def _courses_met(values):
    return _("Complete: %(titles)s.") % {"titles": _titles(values, "courses")}


def _days_missing(values):
    return _("At least %(days)s since you enrolled: from %(moment)s.") % {
        "days": _days(values["days"]),
        "moment": as_moment(values["until"]),
    }


def _days_met(values):
    return _("At least %(days)s have passed since the enrolment.") % {"days": _days(values["days"])}


def _days(count: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


_MISSING: dict[str, Words] = {
    "parts": _parts_missing,
    "grade": _grade_missing,
    "courses": _courses_missing,
    "days": _days_missing,
    "sign_off": lambda values: _("The signature of an organiser."),
    "unknown": lambda values: _("The rule of this course is not known here, so it stays open."),
}
_MET: dict[str, Words] = {
    "parts": _parts_met,
    "grade": _grade_met,
    "courses": _courses_met,
    "days": _days_met,
    "sign_off": lambda values: _("An organiser signed it off, %(moment)s.") % {"moment": as_moment(values["at"])},
}
