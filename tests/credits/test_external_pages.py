"""The pages of external training, as the learner, the supervisor, the organiser and outsiders meet them."""

import uuid

import pytest

from credits.models import ExternalTraining, SelfStudyNotice
from people.models import Employment
from tests.factories import OverrideFactory, make_employee

from .external_world import PDF, PNG, draft, handed_in, office, upload

pytestmark = pytest.mark.django_db
State = ExternalTraining.State


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def people():
    return office()


def filled(**changes):
    told = {
        "key": str(uuid.uuid4()), "title": "Seminar", "organiser": "LAN", "started_on": "2026-03-03",
        "ended_on": "2026-03-04", "units": "2", "amount": "5,5", "amount_in": "hours", "is_online": "on",
        "summary": "Ringkas.", "basis": "letter", "letter_number": "ST-1", "number": "N-1", "do": "submit",
        "evidence": upload(),
    }  # fmt: skip
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


def test_learner_reports_in_one_go_and_twice_is_once(people, client):
    client.force_login(people["learner"])
    assert client.get("/belajar/luar/").status_code == 200
    assert "/belajar/luar/baru/seminar/" in client.get("/belajar/luar/baru/").content.decode()
    assert client.get("/belajar/luar/baru/seminar/").status_code == 200
    assert client.get("/belajar/luar/baru/apa-saja/").status_code == 404
    told = filled()
    assert client.post("/belajar/luar/baru/seminar/", told).status_code == 302
    training = ExternalTraining.objects.get()
    assert (training.state, training.minutes, training.units, training.kind) == (State.WAITING, 330, 2, 9)
    again = client.post("/belajar/luar/baru/seminar/", {**told, "evidence": upload()})
    assert again.status_code == 422
    assert ExternalTraining.objects.count() == 1
    assert client.get(f"/belajar/luar/{training.key}/ubah/").status_code == 302
    assert client.get(f"/belajar/luar/{training.key}/").status_code == 200


def test_what_is_missing_is_marked_and_the_rest_kept_with_its_file(people, client):
    client.force_login(people["learner"])
    told = filled(summary="", ended_on="2026-03-01", basis=None)
    page = client.post("/belajar/luar/baru/seminar/", told)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"summary", "ended_on", "basis"}
    assert not ExternalTraining.objects.exists()  # the days contradict each other
    page = client.post("/belajar/luar/baru/seminar/", filled(summary="", basis="own"))
    training = ExternalTraining.objects.get()
    assert (training.state, training.evidence_name) == (State.DRAFT, "sertifikat.pdf")
    assert f"/belajar/luar/{training.key}/ubah/" in page.content.decode()
    page = client.post(f"/belajar/luar/{training.key}/ubah/?jenis=seminar", filled(evidence=None))
    assert page.status_code == 302
    training.refresh_from_db()
    assert training.state == State.WAITING


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ended_on": "2999-01-01"}, "ended_on"),
        ({"started_on": "0001-01-01"}, "started_on"),
        ({"amount": "0"}, "amount"),
        ({"amount": "999999", "amount_in": "jp"}, "amount"),
        ({"amount": "banyak"}, "amount"),
        ({"amount_in": "abad"}, "amount_in"),
        ({"units": "3"}, "units"),
        ({"letter_number": ""}, "letter_number"),
        ({"is_online": None}, "place"),
        ({"level": "3"}, "level"),
        ({"evidence": None}, "evidence"),
        ({"basis": "own"}, "basis"),
    ],
)
def test_what_cannot_be_right_is_refused(people, client, change, field):
    Employment.objects.filter(person=people["learner"]).update(kind=Employment.Kind.PPPK)
    client.force_login(people["learner"])
    page = client.post("/belajar/luar/baru/seminar/", filled(**change))
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not ExternalTraining.objects.filter(state=State.WAITING).exists()


@pytest.mark.parametrize("content", [b"<script>", b""])
def test_bad_evidence_is_refused_in_drafts_too(people, client, content):
    client.force_login(people["learner"])
    page = client.post("/belajar/luar/baru/seminar/", filled(evidence=upload(content), do="draft"))
    assert page.status_code == 422
    assert "evidence" in page.context["form"].errors


def test_empty_draft_is_kept_changed_in_kind_and_thrown_away(people, client):
    client.force_login(people["learner"])
    page = client.post("/belajar/luar/baru/kursus/", {"key": "x", "do": "draft"})
    training = ExternalTraining.objects.get()
    assert page.url == f"/belajar/luar/{training.key}/ubah/"
    assert client.get(f"/belajar/luar/baru/?lapor={training.key}").context["training_key"] == training.key
    client.post(f"/belajar/luar/{training.key}/ubah/?jenis=mentoring", {"do": "draft", "title": "M"})
    training.refresh_from_db()
    assert (training.kind, training.form, training.title) == (15, "mentoring", "M")
    assert client.get(f"/belajar/luar/{training.key}/buang/").status_code == 405
    client.post(f"/belajar/luar/{training.key}/buang/")
    assert not ExternalTraining.objects.exists()


def test_every_kind_can_be_reported(people, client):
    from credits.kinds import KINDS

    client.force_login(people["learner"])
    for kind in KINDS:
        page = client.post(f"/belajar/luar/baru/{kind.slug}/", filled(title=kind.slug, evidence=upload(PDF)))
        assert page.status_code == 302, (kind.slug, page.context["form"].errors)
    assert ExternalTraining.objects.filter(state=State.WAITING).count() == len(KINDS)


def test_nobody_opens_another_s_report(people, client):
    kept, sent = draft(people["learner"]), handed_in(people["learner"], title="Lain")
    for name in ("colleague", "other_head", "other_organiser", "head", "organiser"):
        client.force_login(people[name])
        for training in (kept, sent):
            for page in ("", "ubah/"):
                assert client.get(f"/belajar/luar/{training.key}/{page}").status_code == 404
        assert client.get(f"/belajar/luar/{kept.key}/bukti/").status_code == 404
        may = name in ("head", "organiser")
        assert client.get(f"/belajar/luar/{sent.key}/bukti/").status_code == (200 if may else 404)
        assert client.get(f"/tim/luar/{sent.key}/").status_code == (200 if name == "head" else 404)
    assert client.get(f"/media/{sent.evidence.name}").status_code == 404


def test_evidence_is_sent_so_that_no_browser_runs_it(people, client):
    training = handed_in(people["learner"], content=PNG)
    client.force_login(people["learner"])
    answer = client.get(f"/belajar/luar/{training.key}/bukti/")
    assert b"".join(answer.streaming_content) == PNG
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_supervisor_finds_opens_and_decides(people, client):
    training = handed_in(people["learner"])
    client.force_login(people["head"])
    assert "/tim/luar/" in client.get("/tim/").content.decode()
    assert training.title in client.get("/tim/luar/").content.decode()
    address = f"/tim/luar/{training.key}/"
    assert client.post(address, {"decision": "reject"}).status_code == 422
    assert client.post(address, {"decision": "verify", "minutes": "100"}).status_code == 422
    assert client.post(address, {"decision": "verify", "minutes": "9999", "reason": "x"}).status_code == 422
    assert client.post(address, {"decision": "verify", "minutes": "240"}).status_code == 302
    training.refresh_from_db()
    assert training.state == State.VERIFIED
    late = client.post(address, {"decision": "reject", "reason": "Terlambat"}, follow=True)
    assert late.status_code == 200
    training.refresh_from_db()
    assert training.state == State.VERIFIED
    client.force_login(people["colleague"])
    assert client.get("/tim/luar/").status_code == 404


def test_a_decision_without_its_reason_comes_back_to_the_form_that_says_so(people, client):
    training = handed_in(people["learner"])
    client.force_login(people["head"])
    answer = client.post(f"/tim/luar/{training.key}/", {"decision": "revise"})
    page = answer.content.decode()
    assert 'id="keputusan"' in page
    assert 'action="#keputusan"' in page
    reason = page.split('for="id_reason"')[1].split("</label>")[0]
    assert "<span" not in reason  # the help says when it may stay empty
    training.refresh_from_db()
    assert training.state == State.WAITING


def test_organiser_decides_in_the_admin_and_others_do_not(people, client):
    training, kept = handed_in(people["learner"]), draft(people["learner"], title="Draf rahasia")
    client.force_login(people["organiser"])
    listed = client.get("/admin/pelatihan-luar/").content.decode()
    assert training.title in listed
    assert "Draf rahasia" not in listed
    address = f"/admin/pelatihan-luar/edit/{training.pk}/"
    assert "LAN RI" in client.get(address).content.decode()
    assert client.get(f"/admin/pelatihan-luar/edit/{kept.pk}/").status_code == 404
    assert client.post(address, {"decision": "revise", "reason": "Buram"}).status_code == 302
    training.refresh_from_db()
    assert training.state == State.REVISE
    client.force_login(people["other_organiser"])
    assert client.get(address).status_code == 404
    assert training.title not in client.get("/admin/pelatihan-luar/").content.decode()


def test_supervisor_and_organiser_take_back_and_verify_again(people, client):
    training = handed_in(people["learner"])
    client.force_login(people["head"])
    address = f"/tim/luar/{training.key}/"
    client.post(address, {"decision": "verify"})
    assert training.title in client.get("/tim/luar/").content.decode()
    page = client.get(address).content.decode()
    assert 'value="take_back"' in page
    assert 'value="reject"' not in page
    assert 'name="minutes"' not in page
    assert client.post(address, {"decision": "take_back"}).status_code == 422
    assert client.post(address, {"decision": "take_back", "reason": "Keliru"}).status_code == 302
    training.refresh_from_db()
    assert training.state == State.REVOKED
    client.force_login(people["organiser"])
    admin = f"/admin/pelatihan-luar/edit/{training.pk}/"
    assert 'value="verify"' in client.get(admin).content.decode()
    assert client.post(admin, {"decision": "verify"}).status_code == 302
    assert client.post(admin, {"decision": "take_back", "reason": "Ternyata bukan"}).status_code == 302
    client.force_login(people["learner"])
    page = client.get(f"/belajar/luar/{training.key}/").content.decode()
    assert "Keliru" in page
    assert "Ternyata bukan" in page
    for name in ("colleague", "other_head", "other_organiser"):
        client.force_login(people[name])
        assert client.post(address, {"decision": "verify"}).status_code == 404
        assert client.post(admin, {"decision": "verify"}).status_code in (302, 404)
    training.refresh_from_db()
    assert training.state == State.REVOKED


def test_superior_is_told_by_one_tap(people, client):
    client.force_login(people["learner"])
    for about in ("Statistik", " Statistik ", ""):
        assert client.post("/belajar/luar/beritahu/", {"about": about}).status_code == 302
    assert SelfStudyNotice.objects.count() == 1
    client.force_login(people["head"])
    assert "Statistik" in client.get("/tim/luar/").content.decode()
    OverrideFactory(person=people["learner"], supervisor=people["head"], effect="sees_not")
    assert "Statistik" not in client.get("/tim/luar/").content.decode()


def test_lists_ask_the_same_number_of_queries(people, client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(person, page) -> int:
        client.force_login(people[person])
        client.get(page)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(page)
        return len(asked)

    pages = [("learner", "/belajar/luar/"), ("head", "/tim/luar/"), ("organiser", "/admin/pelatihan-luar/")]
    handed_in(people["learner"])
    one = [count(*page) for page in pages]
    for number in range(2):
        handed_in(people["learner"], title=f"Lagi {number}")
        handed_in(make_employee(people["learner"].posts.get().unit), title=f"Orang lain {number}")
    assert [count(*page) for page in pages] == one
