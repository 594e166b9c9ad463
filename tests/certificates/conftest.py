"""Achievements without the courses behind them; the signing key is made once for all tests."""

import datetime as dt

import pytest

from certificates.services import issue
from completion.models import Achievement
from people.services import grant_role
from tests.factories import AgencyFactory, EmploymentFactory, PersonFactory

NIP = "198508172010122998"


@pytest.fixture(scope="session")
def var_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("var")


@pytest.fixture(autouse=True)
def _places(settings, var_dir, tmp_path):
    settings.VAR_DIR = var_dir
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.WAGTAILADMIN_BASE_URL = "https://belajar.example.go.id"


@pytest.fixture
def agency(db):
    return AgencyFactory(name="BKPSDM Kota Contoh", short_name="BKPSDM", slug="bkpsdm", time_zone="Asia/Jayapura")


@pytest.fixture
def person(db):
    return PersonFactory(name="Siti Aminah", title_before="Dr.", title_after="S.Sos., M.Si.")


def make_achievement(person, agency=None, *, subject=1, kind="course", title="Melayani dengan Empati", **fields):
    """Return a row as `completion.services.achieving` makes it, without telling anybody."""
    facts = {
        "name": person.full_name,
        "nip": NIP,
        "unit": "Bidang Layanan",
        "agency": agency.name if agency else "",
        "organiser": agency.name if agency else "",
        "summary": "Menangani keluhan di loket.",
        "edition": 3,
        "competencies": [{"name": "Pelayanan Publik", "level": 2}],
        "place": "",
        **fields.pop("facts", {}),
    }
    told = {
        "programme_minutes": 180,
        "form": "elearning",
        "started_on": dt.date(2026, 3, 1),
        "achieved_at": dt.datetime(2026, 3, 4, 3, tzinfo=dt.UTC),
        "zone": "Asia/Jayapura",
        "local_date": dt.date(2026, 3, 4),
        **fields,
    }
    return Achievement.objects.create(
        person=person, agency=agency, kind=kind, subject_id=subject, title=title, facts=facts, **told
    )


@pytest.fixture
def achievement(person, agency):
    return make_achievement(person, agency)


@pytest.fixture
def certificate(achievement):
    (made,) = issue(achievement_ids=[achievement.pk])
    return made


def make_organiser(agency, **fields):
    organiser = PersonFactory(**fields)
    EmploymentFactory(person=organiser, agency=agency)
    grant_role(person=organiser, agency=agency, role="organiser")
    return organiser


@pytest.fixture
def organiser(agency):
    return make_organiser(agency, name="Yohanes", language="en")
