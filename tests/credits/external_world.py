"""People around a report, and a report that can be handed in."""

import datetime as dt
import uuid

from django.core.files.uploadedfile import SimpleUploadedFile

from credits.external import evidence, services
from credits.kinds import BY_SLUG
from tests.factories import AgencyRoleFactory, PersonFactory, UnitFactory, make_employee

PDF = b"%PDF-1.7\nsertifikat"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def upload(content=PDF, name="sertifikat.pdf"):
    return SimpleUploadedFile(name, content)


def office():
    """Return a learner, the direct supervisor, an organiser, and outsiders of each sort."""
    unit = UnitFactory()
    other = UnitFactory()
    organiser, stranger_organiser = PersonFactory(), PersonFactory()
    AgencyRoleFactory(person=organiser, agency=unit.agency)
    AgencyRoleFactory(person=stranger_organiser, agency=other.agency)
    return {
        "learner": make_employee(unit),
        "colleague": make_employee(unit),
        "head": make_employee(unit, is_head=True),
        "organiser": organiser,
        "other_head": make_employee(other, is_head=True),
        "other_organiser": stranger_organiser,
    }


def facts(**changes):
    day = dt.date(2026, 3, 4)
    return {
        "title": "Seminar pelayanan publik",
        "organiser": "LAN RI",
        "started_on": day,
        "ended_on": day,
        "minutes": 240,
        "units": 1,
        "is_online": True,
        "is_international": False,
        "place": "",
        "summary": "Mendengar warga.",
        "number": "S-1/2026",
        "competency": None,
        "level": None,
        "basis": "letter",
        "letter_number": "ST-1",
        **changes,
    }


def draft(person, *, slug="seminar", content=PDF, **changes):
    looked = evidence.look_at(upload(content))
    return services.begin(person=person, key=uuid.uuid4(), kind=BY_SLUG[slug], facts=facts(**changes), evidence=looked)


def handed_in(person, **options):
    return services.submit(training=draft(person, **options))
