"""What a certificate says, frozen on the day it is issued, and how it is put into words in its language.

Facts are JSON: `name, nip, unit, title, kind, summary, edition, programme_minutes, jp` (an exact fraction as text, by
the rule of the day of achievement), `started_on, achieved_on, issued_on, valid_until` (ISO dates, local), `organiser,
agency, place, competencies, heading, wording, signatories [{name, post}], look {pattern, colour, logo}, number, code`.
Nothing is read from courses or people when the PDF is written later: renaming a course changes no certificate.
"""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils import formats, translation
from django.utils.translation import gettext as _

from completion.models import Achievement
from core import law
from core.templatetags.core_tags import jp_text
from people.identifiers import format_nip

from . import drawing
from .codes import grouped
from .models import CertificateVersion, Colour, Design, Pattern
from .wording import fill

# Certificates that no agency's shelf issued and no agency's person holds.
NO_DESIGN = Design(pattern=Pattern.SONGKET, colour=Colour.TEAL)


def frozen(
    achievement: Achievement, design: Design | None, *, number: str, code: str, language: str, issued_on: dt.date
) -> dict[str, Any]:
    """Return the facts of an achievement as they are today, for a certificate in a language."""
    design = design or NO_DESIGN
    told = achievement.facts
    facts = {
        "number": number,
        "code": code,
        "name": told.get("name", ""),
        "nip": told.get("nip", ""),
        "unit": told.get("unit", ""),
        "agency": told.get("agency", ""),
        "title": achievement.title,
        "kind": achievement.kind,
        "summary": told.get("summary", ""),
        "edition": told.get("edition"),
        "competencies": told.get("competencies", []),
        "organiser": told.get("organiser", ""),
        "place": told.get("place", ""),
        "programme_minutes": achievement.programme_minutes,
        "jp": _jp(achievement),
        "started_on": achievement.started_on.isoformat(),
        "achieved_on": achievement.local_date.isoformat(),
        "issued_on": issued_on.isoformat(),
        "valid_until": achievement.valid_until.isoformat() if achievement.valid_until else None,
        "signatories": [
            {"name": name, "post": post}
            for name, post in (
                (design.signatory_name, design.signatory_post),
                (design.second_name, design.second_post),
            )
            if name
        ],
        "look": {"pattern": design.pattern, "colour": design.colour, "logo": _logo_of(design)},
    }
    with translation.override(language):
        facts["heading"] = (design.heading_id if language == "id" else design.heading_en) or _("Certificate")
        words = (design.wording_id if language == "id" else design.wording_en) or default_wording(facts)
        facts["wording"] = fill(words, placeholders(facts))
    return facts


def _jp(achievement: Achievement) -> str:
    try:
        return str(law.jp(achievement.programme_minutes, achievement.local_date))
    except LookupError:
        return ""  # no rule covers the day; the certificate is not withheld for it


def _logo_of(design: Design) -> dict[str, str] | None:
    if design.logo is None:
        return None
    return {"file": design.logo.file.name, "alt": design.logo.description or design.logo.title}


def default_wording(facts: dict[str, Any]) -> str:
    """Return the sentence of the built-in design, with placeholders, in the active language."""
    if facts["kind"] == Achievement.Kind.EXTERNAL:
        return _("held by {organiser}, {dates}.")
    if facts["edition"]:
        return _("held online by {organiser}, {dates}, edition {edition}.")
    return _("held online by {organiser}, {dates}.")


def placeholders(facts: dict[str, Any]) -> dict[str, str]:
    """Return what each placeholder of a wording stands for, in the active language."""
    return {
        **{key: facts[key] for key in ("name", "title", "organiser", "unit", "agency", "place", "number")},
        "edition": str(facts["edition"] or ""),
        "jp": jp_of(facts),
        "from": day(facts["started_on"]),
        "until": day(facts["achieved_on"]),
        "dates": dates_of(facts),
    }


# --- in words, in the active language --------------------------------------------------------------------------------


def day(iso: str | None) -> str:
    return formats.date_format(dt.date.fromisoformat(iso), "DATE_FORMAT") if iso else ""


def jp_of(facts: dict[str, Any]) -> str:
    return jp_text(Fraction(facts["jp"])) if facts["jp"] else ""


def dates_of(facts: dict[str, Any]) -> str:
    """Write the days from the first to the last, as short as it can be said: `1–4 Maret 2026`."""
    first, last = dt.date.fromisoformat(facts["started_on"]), dt.date.fromisoformat(facts["achieved_on"])
    until = formats.date_format(last, "DATE_FORMAT")
    if first >= last:
        return until
    if (first.year, first.month) == (last.year, last.month):
        days = _("%(first)d–%(last)d %(month)s")
        month = formats.date_format(last, "YEAR_MONTH_FORMAT")
        return days % {"first": first.day, "last": last.day, "month": month}
    return _("%(first)s to %(last)s") % {"first": formats.date_format(first, "DATE_FORMAT"), "last": until}


def lead_of(facts: dict[str, Any]) -> str:
    """Return the words before the title."""
    words = {
        Achievement.Kind.COURSE: _("for completing the course"),
        Achievement.Kind.PATH: _("for completing the learning path"),
    }
    return words.get(facts["kind"], _("for completing the training"))


def figures_of(facts: dict[str, Any]) -> list[dict[str, str]]:
    """Return what stands in a row of large figures: `[{label, value}]`; what is not known is left out."""
    rows = [
        (_("Programme"), jp_of(facts)),
        (_("Dates"), dates_of(facts)),
        (_("Edition"), str(facts["edition"] or "")),
        (_("Valid until"), day(facts["valid_until"])),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


@dataclass(frozen=True)
class Assurance:
    """What a signature is worth, in the two classes that people read (CERT-3): a QR alone is no signature."""

    label: str
    note: str


def assurance(kind: str) -> Assurance:
    """Return the class in the active language; `kind` is `Signer.assurance`."""
    if kind == "bsre":
        return Assurance(
            _("Certified electronic certificate (BSrE)"),
            _("Signed electronically with a certificate issued by BSrE, BSSN."),
        )
    return Assurance(
        _("Proof of completion (platform QR verification)"),
        _("Check it at the address of the QR code. The code is no certified electronic signature."),
    )


def printed(version: CertificateVersion, *, url: str, assurance_kind: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the data and the drawn pictures of the typst template, in the certificate's own language."""
    with translation.override(version.language):
        return _printed(version, url, assurance(assurance_kind))


def _printed(version: CertificateVersion, url: str, worth: Assurance) -> tuple[dict[str, Any], dict[str, bytes]]:
    facts = version.facts
    colours = drawing.palette(facts["look"]["colour"])
    holder = [f"NIP {format_nip(facts['nip'])}" if facts["nip"] else "", facts["unit"]]
    issued = _("Issued on %(day)s") % {"day": day(facts["issued_on"])}
    if version.number > 1:
        issued += " · " + _("issue %(number)d, replaces the earlier one") % {"number": version.number}
    data = {
        "language": version.language,
        "colours": vars(colours),
        "document_title": f"{facts['heading']}: {facts['title']}",
        "description": f"{facts['name']} · {facts['number']}",
        "organiser": facts["organiser"],
        "logo": None,
        "number_line": _("Number %(number)s") % {"number": facts["number"]},
        "heading": facts["heading"],
        "given_to": _("is given to"),
        "name": facts["name"],
        "holder_line": " · ".join(filter(None, holder)),
        "lead": lead_of(facts),
        "title": facts["title"],
        "wording": facts["wording"],
        "figures": figures_of(facts),
        "place_line": issued,
        "signatories": facts["signatories"],
        "class_label": worth.label,
        "class_note": worth.note,
        "check_label": _("Check it"),
        "code": grouped(facts["code"]),
        "url": url,
        "url_text": url.partition("://")[2].rstrip("/").rpartition("/")[0],
        "qr_alt": _("QR code of the page that checks this certificate: %(url)s") % {"url": url},
    }
    files = {
        "band.svg": drawing.band(facts["look"]["pattern"], facts["title"], colours).encode(),
        "qr.svg": drawing.qr(url, dark=colours.deep).encode(),
    }
    return data, files
