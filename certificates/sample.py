"""A certificate of nobody, to see a design before it is used."""

import datetime as dt

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from completion.models import Achievement
from core.zones import local_date
from people.identifiers import make_synthetic_nip

from . import facts
from .models import CertificateVersion, Design
from .numbering import DEFAULT, write_number

CODE = "7KQ2MX4TBN"


def sample_version(design: Design, *, language: str) -> CertificateVersion:
    """Return an unsaved version in a design: an invented person and course, today's dates."""
    agency = design.agency
    today = local_date(timezone.now(), agency.time_zone)
    nip = make_synthetic_nip(birth_date=dt.date(1985, 8, 17), year=2010, month=12, female=True, serial=998)
    with translation.override(language):
        title = _("Serving with Empathy: Complaints at the Counter")
    achievement = Achievement(
        kind=design.used_for or Achievement.Kind.COURSE,
        title=title,
        programme_minutes=180,
        started_on=today - dt.timedelta(days=3),
        local_date=today,
        valid_until=today.replace(year=today.year + 2, day=min(today.day, 28)),
        facts={
            "name": "Dr. Siti Aminah, S.Sos., M.Si.",
            "nip": nip,
            "unit": "Bidang Pelayanan",
            "agency": agency.name,
            "organiser": agency.name,
            "edition": 3,
        },
    )
    number = write_number(DEFAULT, sequence=12, agency=agency.short_name, day=today)
    told = facts.frozen(achievement, design, number=number, code=CODE, language=language, issued_on=today)
    return CertificateVersion(facts=told, language=language, made_at=timezone.now())
