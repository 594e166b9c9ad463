"""Words and looks of training done elsewhere, and the supervisor's count on the team page."""

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.core_tags import as_jp, as_minutes
from credits.external import queries, shown
from credits.models import ExternalDecision, ExternalTraining, JpRule

register = template.Library()


@register.simple_tag
def external_waiting(viewer) -> int:
    """Return how many reports wait for a supervisor."""
    return queries.waiting_for(viewer).count()


@register.filter
def kind_label(training: ExternalTraining) -> str:
    return shown.kind_label(shown.kind_of(training))


@register.filter
def look(training: ExternalTraining) -> str:
    return shown.LOOKS[training.state]


@register.filter
def last_decision(training: ExternalTraining) -> ExternalDecision | None:
    """Return the newest decision of those read along."""
    return next(reversed(training.decisions.all()), None)


@register.filter
def as_days(training: ExternalTraining) -> str:
    """Write the first and the last day: `3 Nov 2026 – 5 Nov 2026`."""
    if not training.started_on or not training.ended_on:
        return ""
    first, last = (formats.date_format(day, "j M Y") for day in (training.started_on, training.ended_on))
    return first if training.started_on == training.ended_on else f"{first} – {last}"


@register.filter
def as_length(training: ExternalTraining) -> str:
    """Write how long it was as reported: `2 hari, 4 jam (5 JP)`."""
    words = [_units(training)] if training.units else []
    if training.minutes:
        words.append(f"{as_minutes(training.minutes)} ({as_jp(training.minutes)})")
    return ", ".join(filter(None, words)) or "–"


def _units(training: ExternalTraining) -> str:
    number = training.units or 0
    match queries.counted_by(training.form, training.ended_on or timezone.localdate()):
        case JpRule.Unit.DAY:
            text = ngettext("%(count)d day", "%(count)d days", number)
        case JpRule.Unit.SESSION:
            text = ngettext("%(count)d session", "%(count)d sessions", number)
        case JpRule.Unit.SEMESTER:
            text = ngettext("%(count)d semester", "%(count)d semesters", number)
        case _:
            return ""
    return text % {"count": number}


@register.filter
def changes_in_words(decision: ExternalDecision) -> list[str]:
    """Say what a verifier counted less."""
    words = []
    if "minutes" in decision.changes:
        before, after = decision.changes["minutes"]
        words.append(_("Counted: %(after)s of %(before)s") % {"after": as_minutes(after), "before": as_minutes(before)})
    if "units" in decision.changes:
        before, after = decision.changes["units"]
        words.append(
            ngettext("Counted: %(after)d of %(before)d", "Counted: %(after)d of %(before)d", after)
            % {"after": after, "before": before}
        )
    return words
