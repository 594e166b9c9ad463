"""What every template may use: icons, covers, and numbers, times and names written as people here write them."""

import datetime as dt
from contextlib import nullcontext
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core import covers, icons, law, pieces
from core.amounts import jp_number
from core.zones import zone_label

register = template.Library()

# --- pictures --------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a line icon; see `core.icons`. Put a word beside it."""
    return icons.draw(name)


@register.simple_tag
def cover(*, pattern: str = "kawung", colour: str = "etika", seed: object = "") -> SafeString:
    """Draw a course cover by rule; the seed (the course's key or slug) makes it its own."""
    return mark_safe(covers.draw(pattern, colour, str(seed)))  # noqa: S308  our own drawing, names are checked


@register.simple_tag
def piece(template: str, **values) -> SafeString:
    """Draw a template that nobody's request changes, as `include … only` does, but remember it: see `core.pieces`."""
    return pieces.draw(template, **values)


# --- the frame of every page -----------------------------------------------------------------------------------------


@register.simple_tag
def site_name() -> str:
    return settings.WAGTAIL_SITE_NAME


@register.simple_tag(takes_context=True)
def places(context, has_team: bool = False) -> list[dict]:
    """Return the places of the bottom bar: at most five, `{url, icon, label, current}`."""
    request = context.get("request")
    user = getattr(request, "user", None)
    path = getattr(request, "path", "")
    shown = [("/", "home", _("Home"))]
    if user is None or not user.is_authenticated:
        shown += [("/katalog/", "grid", _("Catalogue")), ("/masuk/", "account", _("Sign in"))]
    else:
        shown += [("/belajar/", "book", _("Learning")), ("/katalog/", "grid", _("Catalogue"))]
        if has_team:
            shown.append(("/tim/", "team", _("Team")))
        shown.append(("/akun/", "account", _("Account")))
    return [
        {"url": url, "icon": name, "label": label, "current": path == url or (url != "/" and path.startswith(url))}
        for url, name, label in shown
    ]


@register.filter
def shows_userbar(request) -> bool:
    """Say whether this visitor works in the admin, as noted in the session at sign-in: asking costs two queries."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return False
    return user.is_superuser or bool(request.session.get("works_in_admin"))


# --- numbers ---------------------------------------------------------------------------------------------------------


def jp_text(jp: Fraction) -> str:
    """Write JP with the unit: `2,5 JP`, `4 JP`; a very short course is worth `0,17 JP`."""
    return _("%(number)s JP") % {"number": jp_number(jp)}


@register.filter
def as_jp(minutes: int | None) -> str:
    """Write planned minutes as JP by the rule in force today."""
    return "" if minutes is None else jp_text(law.jp(int(minutes)))


@register.filter
def as_minutes(minutes: int | None) -> str:
    """Write whole minutes: `8 menit`, `1 jam 20 menit`."""
    if minutes is None:
        return ""
    hours, rest = divmod(int(minutes), 60)
    words = []
    if hours:
        words.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if rest or not hours:
        words.append(ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest})
    return " ".join(words)


# --- times -----------------------------------------------------------------------------------------------------------


def in_active_zone(moment: dt.datetime | str) -> dt.datetime:
    """Return an aware moment in the reader's zone; text is read as ISO 8601, as JSON keeps it."""
    if isinstance(moment, str):
        moment = dt.datetime.fromisoformat(moment)
    return timezone.localtime(moment)


def in_zone_of(zone: str | None):
    """Enter a zone by its name, for words about somebody else's time; without a name the reader's stays."""
    return timezone.override(ZoneInfo(zone)) if zone else nullcontext()


def clock(local: dt.datetime) -> str:
    """Return hour, minute and the letters of the reader's zone: `13.30 WIT`."""
    zone = zone_label(str(timezone.get_current_timezone()))
    return f"{formats.time_format(local, 'TIME_FORMAT')} {zone}"


def at_time(day: str, local: dt.datetime) -> str:
    return _("%(day)s at %(time)s") % {"day": day, "time": clock(local)}


@register.filter
def as_moment(moment: dt.datetime | str | None) -> str:
    """Write weekday, date, time and zone of the reader: `Sabtu, 21 November 2026 pukul 13.30 WIT`."""
    if not moment:
        return ""
    # The zone is a key too: moments are equal whatever zone they are told in.
    return _moment_text(in_active_zone(moment), str(timezone.get_current_timezone()), get_language())


@lru_cache(maxsize=2048)
def _moment_text(local: dt.datetime, _zone: str, _language: str) -> str:
    """Write a moment of the reader's zone; many rows of a page share one, and formats are slow to look up."""
    day = _("%(weekday)s, %(date)s") % {
        "weekday": formats.date_format(local, "l"),
        "date": formats.date_format(local, "DATE_FORMAT"),
    }
    return at_time(day, local)


@register.filter
def as_due(moment: dt.datetime | str | None, zone: str | None = None) -> str:
    """Write a due moment as `as_moment`, but the nearest days in words: `hari ini pukul 23.59 WIT`.

    A due date is told in the zone of whom it binds: name it where somebody else reads (`due|as_due:person.time_zone`).
    """
    if not moment:
        return ""
    with in_zone_of(zone):
        local = in_active_zone(moment)
        near = {0: _("today"), 1: _("tomorrow")}.get(days_until(moment))
        return at_time(near, local) if near else as_moment(moment)


@register.filter
def as_short_due(moment: dt.datetime | str | None, zone: str | None = None) -> str:
    """Write a due moment for a table: `4 Des 2026 pukul 23.59 WIT`, in the zone of whom it binds."""
    if not moment:
        return ""
    with in_zone_of(zone):
        local = in_active_zone(moment)
        return at_time(formats.date_format(local, "SHORT_DATE_FORMAT"), local)


@register.filter
def as_time(moment: dt.datetime | str | None) -> str:
    """Write the time alone: `pukul 13.30 WIT`."""
    return _("at %(time)s") % {"time": clock(in_active_zone(moment))} if moment else ""


def days_until(moment: dt.datetime | str) -> int:
    """Return calendar days of the reader from today to the moment; negative when its day is past."""
    return (in_active_zone(moment).date() - timezone.localdate()).days


@register.filter
def due_in(moment: dt.datetime | str | None, zone: str | None = None) -> str:
    """Say how far a due moment is: `4 hari lagi`, `Hari ini`, `Lewat 3 hari`; days are those of whom it binds."""
    if not moment:
        return ""
    with in_zone_of(zone):
        days = days_until(moment)
    if in_active_zone(moment) < timezone.now():
        return (
            ngettext("%(count)d day past due", "%(count)d days past due", -days) % {"count": -days}
            if days
            else _("Past due")
        )
    if days == 0:
        return _("Today")
    return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}


@register.filter
def due_state(moment: dt.datetime | str | None) -> str:
    """Return the chip for a due moment: `late` when past, `soon` within seven days, else `neutral`."""
    if not moment:
        return "neutral"
    if in_active_zone(moment) < timezone.now():
        return "late"
    return "soon" if days_until(moment) <= 7 else "neutral"


# --- charts ----------------------------------------------------------------------------------------------------------


@register.simple_tag
def ring(value, total, label: str) -> SafeString:
    """Draw a part of a whole as a ring of gold with its number inside; the label says it in words."""
    part = min(max(float(value) / float(total), 0), 1) if total else 0
    number = formats.number_format(value, use_l10n=True)
    return format_html(
        '<svg class="ring" viewBox="0 0 76 76" role="img" aria-label="{}">'
        '<circle class="ring__track" cx="38" cy="38" r="32"/>'
        '<circle class="ring__part" cx="38" cy="38" r="32" pathLength="100" stroke-dasharray="{} 100"/>'
        '<text x="38" y="45">{}</text></svg>',
        label,
        f"{part * 100:.1f}",
        number,
    )


@register.inclusion_tag("components/segments.html")
def segments(parts, caption: str = "") -> dict:
    """Draw counts side by side as one bar with its legend, which is also its table.

    `parts` are rows `(count, state, label)`; state is done, action, late, soon or neutral. 0 is listed, not drawn.
    """
    parts = [(int(count), state, label) for count, state, label in parts]
    total = sum(count for count, _state, _label in parts)
    bars, left = [], 0.0
    for count, state, _label in parts:
        if count:
            width = 100 * count / total
            bars.append({"state": state, "x": f"{left:.3f}%", "width": f"{width:.3f}%"})
            left += width
    return {"bars": bars, "parts": parts, "total": total, "caption": caption}
