"""The learning record: its columns, who sees how much of it, and its files."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from completion import services as completion
from completion.models import Achievement
from core.zones import end_of_day
from credits.external import services
from credits.record import rows
from credits.record.rows import Proof, record_of
from credits.record.views import header, printed
from credits.services import credit_achievement
from tests.factories import PersonFactory, make_course

from .external_world import handed_in, office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def people():
    return office()


def verified(person, by, **options):
    training = services.verify(training=handed_in(person, **options), by=by)
    credit_achievement(achievement_id=Achievement.objects.get(subject_id=training.pk, kind="external").pk)
    return training


def achieved_course(person, title="Etika", *, assigned_by=None):
    """A finished course as a row, with its enrolment."""
    course = make_course(title=title)
    if assigned_by:
        from people.models import Agency

        completion.assign(
            course=course, people=[person], by=assigned_by, agency=Agency.objects.first(), due_at=None,
            reason="Wajib", letter_number="ST-9",
        )  # fmt: skip
        enrolment = person.enrolments.get(course=course)
    else:
        enrolment = completion.enrol(person=person, course=course)
    return Achievement.objects.create(
        person=person, kind="course", subject_id=course.pk, enrolment=enrolment, title=title, programme_minutes=90,
        form="elearning", started_on=dt.date(2026, 5, 1), achieved_at=end_of_day(dt.date(2026, 5, 2), "Asia/Jakarta"),
        zone="Asia/Jakarta", local_date=dt.date(2026, 5, 2),
        facts={"organiser": "BKPSDM", "summary": "Melayani.", "result": 2, "unit": "Dinas"},
    )  # fmt: skip


def test_row_has_the_mandatory_fields(people):
    training = verified(people["learner"], people["head"])
    [row] = record_of(people["learner"]).rows
    assert (row.kind, row.number, row.is_classical, row.pillar) == ("Seminar, webinar, atau konferensi", 9, True, 10)
    assert (row.organiser, row.title, row.material) == ("LAN RI", training.title, "Mendengar warga.")
    assert (row.started_on, row.ended_on, row.minutes) == (training.started_on, training.ended_on, 240)
    assert (row.credited_jp, row.programme_jp * 3) == (4, 16)
    assert row.proof.number == "S-1/2026"
    assert row.proof.sha256 == training.evidence_sha256
    assert row.basis.endswith("ST-1")
    assert row.verified_by == people["head"].full_name


def test_supervisor_sees_what_is_asked_and_no_marks(people, client):
    learner = people["learner"]
    achieved_course(learner, "Pilihan sendiri")
    achieved_course(learner, "Wajib", assigned_by=people["organiser"])
    verified(learner, people["organiser"])
    client.force_login(people["head"])
    page = client.get(f"/belajar/riwayat/{learner.key}/")
    record = page.context["record"]
    assert [row.title for row in record.rows] == ["Wajib", "Seminar pelayanan publik"]
    assert (record.hidden, {row.grade for row in record.rows}) == (1, {""})
    assert record.rows[0].basis.endswith("ST-9")
    assert "Pilihan sendiri" not in page.content.decode()
    client.force_login(people["organiser"])
    whole = client.get(f"/belajar/riwayat/{learner.key}/").context["record"]
    assert (len(whole.rows), whole.hidden, whole.credited_jp) == (3, 0, record.credited_jp)
    assert whole.rows[0].grade


@pytest.mark.parametrize("who", ["colleague", "other_head", "other_organiser"])
@pytest.mark.parametrize("page", ["", "unduh.pdf", "unduh.xlsx"])
def test_record_is_closed_to_others(people, client, who, page):
    verified(people["learner"], people["head"])
    client.force_login(people[who])
    assert client.get(f"/belajar/riwayat/{people['learner'].key}/{page}").status_code == 404
    assert client.get("/belajar/riwayat/0000000000000000/").status_code == 404
    client.logout()
    assert client.get("/belajar/riwayat/").status_code == 302


def test_years_filter_and_bad_years_show_all(people, client):
    verified(people["learner"], people["head"])
    verified(
        people["learner"], people["head"], title="Lama", started_on=dt.date(2025, 6, 1), ended_on=dt.date(2025, 6, 1)
    )
    client.force_login(people["learner"])
    assert client.get("/belajar/riwayat/").context["record"].years == (2026, 2025)
    assert [row.title for row in client.get("/belajar/riwayat/?tahun=2025").context["record"].rows] == ["Lama"]
    for bad in ("x", "99999", "-1", "٢٠٢٥", "0000"):
        assert len(client.get("/belajar/riwayat/", {"tahun": bad}).context["record"].rows) == 2


def test_period_filters_page_and_files_and_says_so(people, client):
    learner = people["learner"]
    for title, day in (("Januari", (2026, 1, 31)), ("Maret", (2026, 3, 4)), ("Juni", (2026, 6, 30))):
        verified(learner, people["head"], title=title, started_on=dt.date(*day), ended_on=dt.date(*day))
    client.force_login(learner)

    def titles(**asked):
        return [row.title for row in client.get("/belajar/riwayat/", asked).context["record"].rows]

    assert titles(dari="2026-02-01", sampai="2026-06-30") == ["Juni", "Maret"]
    assert titles(dari="2026-01-31", sampai="2026-03-04") == ["Maret", "Januari"]
    assert titles(dari="2026-03-05") == ["Juni"]
    assert titles(sampai="2026-03-03") == ["Januari"]
    assert titles(tahun="2026", dari="", sampai="") == ["Juni", "Maret", "Januari"]
    page = client.get("/belajar/riwayat/?dari=2026-02-01&sampai=2026-03-31")
    assert "unduh.pdf?dari=2026-02-01&amp;sampai=2026-03-31" in page.content.decode()
    assert 'value="2026-02-01"' in page.content.decode()
    sheet = client.get("/belajar/riwayat/unduh.xlsx?dari=2026-02-01&sampai=2026-03-31")
    assert "2026-02-01-2026-03-31" in sheet["Content-Disposition"]
    [_top, row] = load_workbook(io.BytesIO(sheet.content)).active.iter_rows(values_only=True)
    assert row[2] == "Maret"
    assert ("1 Feb 2026 – 31 Mar 2026") in dict(printed(page.context["record"])["facts"]).values()
    whole_year = client.get("/belajar/riwayat/?dari=2026-01-01&sampai=2026-12-31").context
    assert [tab["current"] for tab in whole_year["tabs"]] == [False, True]


@pytest.mark.parametrize("asked", [{"dari": "besok"}, {"dari": "2026-05-01", "sampai": "2026-01-01"}])
def test_period_that_makes_no_sense_is_said_and_shows_all(people, client, asked):
    verified(people["learner"], people["head"])
    client.force_login(people["learner"])
    page = client.get("/belajar/riwayat/", asked)
    assert len(page.context["record"].rows) == 1
    assert page.context["form"].errors
    assert "errorlist" in page.content.decode()
    assert client.get("/belajar/riwayat/unduh.xlsx", asked).status_code == 200


def test_period_of_somebody_else_is_closed_all_the_same(people, client):
    client.force_login(people["colleague"])
    assert client.get(f"/belajar/riwayat/{people['learner'].key}/?dari=2026-01-01").status_code == 404


def test_marks_have_a_column_where_there_are_any_and_who_may_see_them(people, client):
    learner = people["learner"]
    course = achieved_course(learner, "Etika", assigned_by=people["organiser"])
    verified(learner, people["head"])
    client.force_login(learner)
    page = client.get("/belajar/riwayat/")
    assert [row.grade for row in page.context["record"].rows] == ["Lulus", ""]
    Achievement.objects.filter(pk=course.pk).update(facts={**course.facts, "grade": "17/20"})
    page = client.get("/belajar/riwayat/")
    assert page.context["record"].rows[0].grade == "85% · Lulus"
    assert 'data-label="Nilai"' in page.content.decode()
    said = printed(page.context["record"])
    assert said["header"][6] == "Nilai"
    assert said["rows"][0][6] == ["85% · Lulus"]
    assert client.get("/belajar/riwayat/unduh.pdf").content.startswith(b"%PDF")
    sheet = load_workbook(io.BytesIO(client.get("/belajar/riwayat/unduh.xlsx").content)).active
    [top, row, _other] = sheet.iter_rows(values_only=True)
    assert row[top.index("Nilai")] == "85% · Lulus"
    client.force_login(people["head"])
    theirs = client.get(f"/belajar/riwayat/{learner.key}/").content.decode()
    assert 'data-label="Nilai"' not in theirs
    assert "85%" not in theirs


@pytest.mark.parametrize(
    ("grade", "text"), [("2/3", "66,6%"), ("A", "A"), ("1/0", "1/0"), ("", ""), (None, ""), (88, "88")]
)
def test_marks_of_every_source_are_written(people, grade, text):
    course = achieved_course(people["learner"])
    Achievement.objects.filter(pk=course.pk).update(facts={"grade": grade})
    assert record_of(people["learner"]).rows[0].grade == text


def test_queries_do_not_grow(people, django_assert_num_queries):
    for number in range(3):
        verified(people["learner"], people["head"], title=f"Seminar {number}")
        achieved_course(people["learner"], f"Kursus {number}")
        with django_assert_num_queries(9):  # two of them are of the apps above
            assert len(record_of(people["learner"]).rows) == 2 * number + 2


def test_certificates_and_deliveries_come_from_apps_above(people, monkeypatch):
    course = achieved_course(people["learner"])
    monkeypatch.setattr(rows, "_proofs", [lambda ids: {course.pk: Proof("C-1", "/sertifikat/x/", "ab" * 32)}])
    monkeypatch.setattr(rows, "_deliveries", [lambda ids: {course.pk: "Terkirim"}])
    [row] = record_of(people["learner"]).rows
    assert (row.proof.number, row.delivery) == ("C-1", "Terkirim")


def test_sheet_runs_no_formula_and_has_a_cell_for_each_column(people, client):
    verified(people["learner"], people["head"], title='=HYPERLINK("http://x")')
    client.force_login(people["learner"])
    answer = client.get("/belajar/riwayat/unduh.xlsx?tahun=2026")
    [top, row] = load_workbook(io.BytesIO(answer.content)).active.iter_rows()
    assert len(top) == len(header())
    assert (row[2].value, row[2].data_type) == ('=HYPERLINK("http://x")', "s")
    assert row[7].value == 4


def test_pdf_is_archivable_and_holds_the_record(people, client):
    verified(people["learner"], people["head"], title="Seminar #set page() *tebal*")
    client.force_login(people["learner"])
    answer = client.get("/belajar/riwayat/unduh.pdf")
    assert answer.content.startswith(b"%PDF-1.7")
    assert b"pdfuaid" in answer.content
    assert 'filename="' in answer["Content-Disposition"]
    assert client.get("/belajar/riwayat/unduh.pdf?tahun=1999").status_code == 200
    said = printed(record_of(people["learner"]))
    assert len(said["rows"][0]) == len(said["header"])


def test_who_left_no_trace_has_an_empty_record(client):
    client.force_login(PersonFactory())
    page = client.get("/belajar/riwayat/")
    assert page.status_code == 200
    assert client.get("/belajar/riwayat/unduh.pdf").status_code == 200
