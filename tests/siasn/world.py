"""A learner of an agency that SIASN knows, with something achieved and its certificate."""

import datetime as dt
import itertools

from certificates.services import issue
from completion.models import Achievement
from core.zones import end_of_day
from credits.services import credit_achievement
from people.models import Employment
from siasn.models import Connection
from tests.factories import AgencyFactory, AgencyRoleFactory, PersonFactory, UnitFactory, make_employee

DAY = dt.date(2026, 5, 2)
_subjects = itertools.count(50_000)


def office(**connection):
    """Return an agency with SIASN's id, its organiser, a learner, and an organiser of another agency."""
    agency = AgencyFactory(siasn_id="AGENCY-1")
    unit = UnitFactory(agency=agency)
    learner = make_employee(unit, siasn_id="PERSON-1")
    organiser, stranger = PersonFactory(), PersonFactory()
    AgencyRoleFactory(person=organiser, agency=agency)
    AgencyRoleFactory(person=stranger, agency=AgencyFactory())
    if connection:
        Connection.objects.create(agency=agency, since=dt.date(2026, 1, 1), **connection)
    return {"agency": agency, "unit": unit, "learner": learner, "organiser": organiser, "stranger": stranger}


def nip_of(person) -> str:
    return Employment.objects.get(person=person).nip


def achieved(person, title="Etika", *, minutes=135, certified=True, form="distance", day=DAY) -> Achievement:
    """A finished course, credited and certified; 135 minutes are 3 JP."""
    row = Achievement.objects.create(
        person=person, kind="course", subject_id=next(_subjects), title=title, programme_minutes=minutes, form=form,
        started_on=day, achieved_at=end_of_day(day, "Asia/Jakarta"), zone="Asia/Jakarta", local_date=day,
        agency=Employment.objects.get(person=person).agency,
        facts={"organiser": "BKPSDM", "summary": "Melayani.", "name": person.full_name, "nip": nip_of(person)},
    )  # fmt: skip
    credit_achievement(achievement_id=row.pk)
    if certified:
        issue(achievement_ids=[row.pk])
    return row
