"""The bridge into other apps' templates: a person's JP of the year, its ring, and what a course page says of JP."""

from fractions import Fraction

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.law import jp
from courses.models import CoursePage
from courses.outlines import Outline
from credits import engine, wording
from credits.models import LedgerEntry
from credits.queries import JpStanding, JpSummary, credited_in, jp_summary
from credits.rulebook import rulebook
from credits.years import JpYear

register = template.Library()

register.filter("jp_number", wording.number)
register.filter("jp_needed", wording.needed)
register.filter("jp_precise", wording.precise)
register.filter("jp_reasons", wording.reasons)
register.filter("jp_worth", wording.worth)


@register.simple_tag
def jp_of(user) -> JpSummary:
    """Return the JP of the signed-in reader's year, without suggestions; four queries."""
    return jp_summary(user, full=False)


@register.filter
def jp_year(year: JpYear) -> str:
    return wording.year_name(year)


@register.filter
def jp_credited(entry: LedgerEntry) -> str:
    return wording.precise(credited_in(entry))


@register.filter
def as_minutes_signed(minutes: int) -> str:
    """Write whole minutes of a ledger row, below zero where it takes back."""
    return f"−{-minutes}" if minutes < 0 else str(minutes)


@register.filter
def jp_standing(standing: JpStanding | None) -> str:
    """Say a person's JP in words that blame nobody: `12 dari 20 JP`; a ceiling is no debt, so only JP are told."""
    if standing is None:
        return ""
    told = {"jp": wording.number(standing.credited)}
    if standing.target is None or standing.year.is_ceiling:
        return _("%(jp)s JP") % told
    return _("%(jp)s of %(target)s JP") % {**told, "target": wording.number(standing.target)}


RING = 100  # the length of the whole ring


@register.simple_tag
def jp_ring(summary: JpSummary) -> SafeString:
    """Draw the year as a ring with its words inside; what is pending follows what is credited, more faintly."""
    whole = summary.target or max(summary.credited, Fraction(1))
    credited = min(summary.credited / whole, Fraction(1))
    pending = min((summary.credited + summary.pending_jp) / whole, Fraction(1))
    if summary.target is None:
        credited = pending = Fraction(bool(summary.credited))
    # What may be assigned at most is no measure of the person.
    asked = summary.target if summary.target and not summary.year.is_ceiling else None
    below = _("of %(target)s JP") % {"target": wording.number(asked)} if asked else "JP"
    label = _("%(jp)s %(below)s credited") % {"jp": wording.number(summary.credited), "below": below}
    return format_html(
        '<svg class="jp-ring" viewBox="0 0 120 120" width="120" height="120" role="img" aria-label="{label}">'
        '<g fill="none" stroke-width="10" transform="rotate(-90 60 60)">'
        '<circle cx="60" cy="60" r="52" stroke="var(--line)"/>{pending}{credited}</g>'
        '<g text-anchor="middle" fill="currentColor" aria-hidden="true">'
        '<text x="60" y="64" font-size="30" font-weight="700">{number}</text>'
        '<text x="60" y="84" font-size="14">{below}</text></g></svg>',
        label=label,
        pending=_arc(pending, "0.4") if pending > credited else "",
        credited=_arc(credited, "1") if credited else "",
        number=wording.number(summary.credited),
        below=below,
    )


def _arc(share: Fraction, opacity: str) -> SafeString:
    length = f"{float(share) * RING:.1f}"
    return format_html(
        '<circle cx="60" cy="60" r="52" pathLength="{}" stroke="var(--gold)" stroke-opacity="{}" '
        'stroke-dasharray="{} {}"/>',
        RING,
        opacity,
        length,
        RING * 2,
    )


@register.simple_tag
def jp_note(page: CoursePage, outline: Outline | None) -> str:
    """Say up front how the JP of a course count, where that is not plain: by the day, or on several days at least."""
    if outline is None or not outline.required_minutes:
        return ""
    ruling = rulebook().ruling(
        form=page.form, is_international=page.is_international, day=timezone.localdate(), agency_id=None
    )
    if ruling.terms is None:
        return ""
    if ruling.terms.unit != engine.MINUTES:
        told = {"jp": wording.precise(ruling.terms.worth(outline.required_minutes, 1)), "form": page.get_form_display()}
        return _("Counts as %(form)s: %(jp)s JP when it is complete.") % told
    days = engine.days_needed(jp(outline.required_minutes), ruling.terms.daily_cap)
    if days < 2:
        return ""
    told = {
        "jp": wording.number(jp(outline.required_minutes)),
        "days": days,
        "cap": wording.precise(ruling.terms.daily_cap),
    }
    text = _("%(jp)s JP: credited in full after %(days)d days of learning at the earliest; %(cap)s JP count a day.")
    return text % told
