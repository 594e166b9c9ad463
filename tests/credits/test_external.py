"""Training done elsewhere: reported, verified, sent back, rejected; who may, and what follows."""

import datetime as dt

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates.models import Certificate
from completion.models import Achievement
from courses.models import CoursePage
from credits import checks
from credits.external import queries, services
from credits.external.evidence import LARGEST, EvidenceRefused, look_at
from credits.external.rules import may_open, may_verify
from credits.kinds import BY_NUMBER, KINDS, OF_FORM, pillar
from credits.models import ExternalDecision, ExternalTraining, LedgerEntry, SelfStudyNotice, TrainingKind
from credits.record.rows import record_of
from notifications.models import Notice
from tests.factories import DelegationFactory, PersonFactory

from .external_world import PDF, PNG, draft, facts, handed_in, office, upload

pytestmark = pytest.mark.django_db
State = ExternalTraining.State


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def people():
    return office()


# --- kinds -----------------------------------------------------------------------------------------------------------


def test_kinds_are_all_of_siasn_s_and_formal_education():
    assert sorted(kind.number for kind in KINDS if kind.number) == list(range(1, 26)) == sorted(TrainingKind)
    assert {kind.form for kind in KINDS} == set(CoursePage.Form)
    assert {form: BY_NUMBER[number].form for form, number in OF_FORM.items()} == {form: form for form in OF_FORM}
    assert set(CoursePage.Form) - set(OF_FORM) == {"formal"}
    assert (pillar("elearning"), pillar("mentoring"), pillar("internship")) == (10, 20, 70)


# --- evidence --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, "pdf"), (b"\n\n" + PDF, "pdf"), (PNG, "png"), (b"\xff\xd8\xff\xe0", "jpg"), (b"RIFF0000WEBPVP8 ", "webp")],
)
def test_evidence_is_known_by_its_content(content, kind):
    looked = look_at(upload(content, "..\\..\\what?.exe"))
    assert (looked.type, looked.name) == (kind, "what?.exe")


@pytest.mark.parametrize("content", [b"", b"<html>", b"MZ", b"RIFF0000WAVE", b"%PDF-" + b"0" * LARGEST])
def test_evidence_of_other_kinds_or_sizes_is_refused(content):
    with pytest.raises(EvidenceRefused):
        look_at(upload(content, "sertifikat.pdf"))


# --- reporting -------------------------------------------------------------------------------------------------------


def test_draft_may_be_incomplete_and_is_kept(people):
    training = draft(people["learner"], title="", organiser="", started_on=None, ended_on=None)
    assert (training.state, training.kind, training.form) == (State.DRAFT, 9, "seminar")
    with pytest.raises(services.NotPossible):
        services.submit(training=training)


def test_new_report_sent_twice_is_one(people):
    from credits.kinds import BY_SLUG

    first = draft(people["learner"])
    again = services.begin(person=people["learner"], key=first.key, kind=BY_SLUG["kursus"], facts=facts(title="B"))
    assert (again.pk, again.title, again.kind) == (first.pk, "B", 11)
    with pytest.raises(IntegrityError), transaction.atomic():
        services.begin(person=people["colleague"], key=first.key, kind=BY_SLUG["kursus"], facts=facts())


def test_training_that_has_not_ended_is_not_handed_in(people):
    tomorrow = timezone.localdate() + dt.timedelta(days=2)
    with pytest.raises(services.NotPossible):
        services.submit(training=draft(people["learner"], ended_on=tomorrow))


def test_replaced_evidence_leaves_the_store(people, django_capture_on_commit_callbacks):
    training = draft(people["learner"])
    old = training.evidence.name
    with django_capture_on_commit_callbacks(execute=True):
        services.change(training=training, kind=BY_NUMBER[9], facts=facts(), evidence=look_at(upload(PNG, "foto.png")))
    training.refresh_from_db()
    assert not default_storage.exists(old)
    assert training.evidence_type == "png"
    assert default_storage.exists(training.evidence.name)
    name = training.evidence.name
    with django_capture_on_commit_callbacks(execute=True):
        services.discard(training=training)
    assert not default_storage.exists(name)
    assert not ExternalTraining.objects.exists()


def test_handing_in_tells_supervisor_and_organiser(people, django_capture_on_commit_callbacks):
    training = draft(people["learner"])
    with django_capture_on_commit_callbacks(execute=True):
        services.submit(training=training)
    told = dict(Notice.objects.values_list("person", "url"))
    assert set(told) == {people["head"].pk, people["organiser"].pk}
    assert told[people["head"].pk] == f"/tim/luar/{training.key}/"
    with pytest.raises(services.NotPossible):
        services.change(training=training, kind=BY_NUMBER[9], facts=facts())
    with pytest.raises(services.NotPossible):
        services.discard(training=training)


# --- who may ---------------------------------------------------------------------------------------------------------


def test_supervisor_and_organiser_may_verify_and_nobody_else(people):
    training = handed_in(people["learner"])
    may = {name for name, person in people.items() if may_verify(person, training)}
    assert may == {"head", "organiser"}
    assert {name for name, person in people.items() if may_open(person, training)} == {"head", "organiser", "learner"}
    DelegationFactory(from_person=people["head"], to_person=people["other_head"])
    assert may_verify(people["other_head"], training)


def test_nobody_verifies_their_own_nor_sees_drafts(people):
    own = handed_in(people["head"])
    admin = PersonFactory(is_superuser=True)
    assert not may_verify(people["head"], own)
    assert may_verify(admin, own)
    assert not may_verify(admin, handed_in(admin))
    kept = draft(people["learner"])
    assert not any(may_verify(person, kept) for person in [*people.values(), admin])
    assert queries.waiting_for(people["head"]).count() == 0
    with pytest.raises(services.NotPossible):
        services.verify(training=own, by=people["head"])


# --- deciding --------------------------------------------------------------------------------------------------------


def test_verified_training_is_achieved_and_credited(people, django_capture_on_commit_callbacks):
    training = handed_in(people["learner"], started_on=dt.date(2026, 3, 3), units=2)
    with django_capture_on_commit_callbacks(execute=True):
        services.verify(training=training, by=people["head"])
    achievement = Achievement.objects.get(kind="external", subject_id=training.pk)
    assert achievement.person == people["learner"]
    assert (achievement.title, achievement.form, achievement.programme_minutes) == (training.title, "seminar", 240)
    assert (achievement.started_on, achievement.local_date) == (dt.date(2026, 3, 3), dt.date(2026, 3, 4))
    assert achievement.facts["organiser"] == "LAN RI"
    assert achievement.facts["kind"] == 9
    assert LedgerEntry.objects.filter(achievement=achievement).count() == 2
    assert Notice.objects.get(person=people["learner"]).url == f"/belajar/luar/{training.key}/"
    with pytest.raises(services.NotPossible):
        services.send_back(training=training, by=people["organiser"], reason="Terlambat")


def test_verifier_may_count_less_with_a_reason_and_never_more(people):
    training = handed_in(people["learner"], slug="kursus", units=None, minutes=900)
    for options in ({"minutes": 450}, {"minutes": 901, "reason": "Lebih"}):
        with pytest.raises(services.NotPossible):
            services.verify(training=training, by=people["head"], **options)
    services.verify(training=training, by=people["head"], minutes=450, reason="Setengah hari")
    training.refresh_from_db()
    assert (training.minutes, training.counted_minutes, training.credited_minutes) == (900, 450, 450)
    assert Achievement.objects.get(subject_id=training.pk).programme_minutes == 450
    decision = training.decisions.last()
    assert (decision.changes, decision.reason, decision.by) == (
        {"minutes": [900, 450]}, "Setengah hari", people["head"],
    )  # fmt: skip


def test_fewer_days_are_counted_as_so_many_days(people, django_capture_on_commit_callbacks):
    training = handed_in(people["learner"], started_on=dt.date(2026, 3, 2), units=3)
    with django_capture_on_commit_callbacks(execute=True):
        services.verify(training=training, by=people["organiser"], units=1, reason="Hadir sehari")
    assert Achievement.objects.get(subject_id=training.pk).facts["units"] == 1
    assert LedgerEntry.objects.count() == 1


def test_sent_back_is_revised_and_handed_in_again(people, django_capture_on_commit_callbacks):
    training = handed_in(people["learner"])
    with pytest.raises(services.NotPossible):
        services.send_back(training=training, by=people["head"], reason="  ")
    with django_capture_on_commit_callbacks(execute=True):
        services.send_back(training=training, by=people["head"], reason="Sertifikat tidak terbaca")
    training.refresh_from_db()
    assert (training.state, training.is_open) == (State.REVISE, True)
    assert Notice.objects.get(person=people["learner"]).text == "Sertifikat tidak terbaca"
    with pytest.raises(services.NotPossible):
        services.discard(training=training)
    services.submit(training=training)
    services.send_back(training=training, by=people["organiser"], reason="Bukan pelatihan", for_good=True)
    kinds = list(training.decisions.values_list("kind", flat=True))
    Kind = ExternalDecision.Kind
    assert kinds == [Kind.SUBMITTED, Kind.REVISE, Kind.SUBMITTED, Kind.REJECTED]
    assert not Achievement.objects.exists()


# --- taking back -----------------------------------------------------------------------------------------------------


@pytest.fixture
def verified(people, django_capture_on_commit_callbacks):
    """A training without a certificate number: the platform issued a certificate of its own for it."""
    training = handed_in(people["learner"], number="")
    with django_capture_on_commit_callbacks(execute=True):
        services.verify(training=training, by=people["head"])
    training.refresh_from_db()
    return training


def test_taking_back_takes_jp_and_certificate_and_tells_why(people, verified, django_capture_on_commit_callbacks):
    assert credited(people["learner"]) > 0
    with django_capture_on_commit_callbacks(execute=True):
        services.take_back(training=verified, by=people["organiser"], reason="Sertifikat milik orang lain")
    verified.refresh_from_db()
    assert verified.state == State.REVOKED
    assert Achievement.objects.get().undone_at is not None
    assert credited(people["learner"]) == 0
    assert Certificate.objects.get().state == Certificate.State.REVOKED
    assert not record_of(people["learner"]).rows
    decision = verified.decisions.last()
    assert (decision.kind, decision.by, decision.reason) == ("taken_back", people["organiser"], decision.reason)
    told = Notice.objects.filter(person=people["learner"], kind="external_decided").latest("pk")
    assert "taken back" in told.title or "dicabut" in told.title
    assert told.text == "Sertifikat milik orang lain"


def test_verified_again_as_it_was_everything_is_in_force_again(people, verified, django_capture_on_commit_callbacks):
    before = credited(people["learner"])
    with django_capture_on_commit_callbacks(execute=True):
        services.take_back(training=verified, by=people["head"], reason="Keliru")
    with django_capture_on_commit_callbacks(execute=True):
        services.verify(training=verified, by=people["organiser"])
    assert Achievement.objects.get().undone_at is None
    assert credited(people["learner"]) == before
    assert Certificate.objects.get().state == Certificate.State.VALID
    assert record_of(people["learner"]).rows[0].verified_by == people["organiser"].full_name


def test_verified_again_otherwise_is_another_achievement(people, verified, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.take_back(training=verified, by=people["head"], reason="Setengahnya saja")
    with django_capture_on_commit_callbacks(execute=True):
        services.verify(training=verified, by=people["head"], minutes=120, reason="Setengahnya saja")
    first, second = Achievement.objects.order_by("cycle")
    assert (first.undone_at is not None, second.undone_at, second.programme_minutes) == (True, None, 120)
    states = list(Certificate.objects.order_by("achievement").values_list("state", flat=True))
    assert states == [Certificate.State.REVOKED, Certificate.State.VALID]
    assert len(record_of(people["learner"]).rows) == 1
    assert not any(found for _rows, found in checks.differences())


def test_what_was_taken_back_may_be_sent_back_or_rejected(people, verified):
    services.take_back(training=verified, by=people["head"], reason="Keliru")
    services.send_back(training=verified, by=people["head"], reason="Unggah yang asli")
    verified.refresh_from_db()
    assert verified.is_open
    services.submit(training=verified)
    services.verify(training=verified, by=people["head"])
    assert Achievement.objects.get().undone_at is None


@pytest.mark.parametrize("name", ["learner", "colleague", "other_head", "other_organiser"])
def test_who_may_not_verify_may_not_take_back(people, verified, name):
    with pytest.raises(services.NotPossible):
        services.take_back(training=verified, by=people[name], reason="Iseng")
    verified.refresh_from_db()
    assert verified.state == State.VERIFIED


def test_only_what_is_verified_is_taken_back_and_with_a_reason(people, verified):
    with pytest.raises(services.NotPossible):
        services.take_back(training=verified, by=people["head"], reason=" ")
    with pytest.raises(services.NotPossible):
        services.take_back(training=handed_in(people["learner"], title="Lain"), by=people["head"], reason="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        ExternalDecision.objects.create(training=verified, kind="taken_back", by=people["head"])


def credited(person):
    return sum(row.credited_jp for row in record_of(person).rows)


def test_constraints_hold_what_the_services_promise(people):
    training = handed_in(people["learner"])
    rows = ExternalTraining.objects.filter(pk=training.pk)
    for bad in ({"title": ""}, {"ended_on": None}, {"evidence_sha256": ""}, {"counted_minutes": 241}, {"level": 6}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**bad)


# --- duplicates ------------------------------------------------------------------------------------------------------


def test_same_training_and_same_file_are_flagged_without_telling_whose(people):
    first = handed_in(people["learner"])
    second = handed_in(people["learner"], title="SEMINAR pelayanan publik", content=PNG)
    third = handed_in(people["colleague"], title="Lain")
    assert [(one.same_file, one.other) for one in queries.alike(second)] == [(False, first)]
    assert [(one.same_file, one.other) for one in queries.alike(third)] == [(True, None)]
    assert len(queries.alike(first)) == 2


# --- self-study ------------------------------------------------------------------------------------------------------


def test_superior_is_told_once_a_day_on_the_person_s_day(people, django_capture_on_commit_callbacks):
    learner = people["learner"]
    learner.time_zone = "Asia/Jayapura"
    learner.save()
    with time_machine.travel("2026-11-21 15:30:00Z", tick=False), django_capture_on_commit_callbacks(execute=True):
        first = services.tell_superior(person=learner, about="Statistik dasar")
        assert services.tell_superior(person=learner, about="Statistik dasar") == first
    assert first.local_date == dt.date(2026, 11, 22)
    assert SelfStudyNotice.objects.count() == 1
    assert list(Notice.objects.values_list("person", flat=True)) == [people["head"].pk]
    with time_machine.travel("2026-11-22 01:00:00Z", tick=False):
        assert list(queries.notices_for(people["head"], dt.date(2026, 11, 22))) == [first]
        assert not queries.notices_for(people["other_head"], dt.date(2026, 11, 22))
