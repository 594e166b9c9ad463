"""Exactly one certificate for each achievement, numbered without a gap, whatever happens in between."""

import datetime as dt
import threading

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction

from certificates import services
from certificates.models import Certificate, CertificateEvent, CertificateVersion, Design
from certificates.queries import certificate_by_code
from certificates.receivers import issue_certificate
from completion.models import Achievement
from completion.services.achieving import Achieved, make_achievements
from tests.factories import AgencyFactory, PersonFactory

from .conftest import make_achievement, make_organiser

NOW = dt.datetime(2026, 12, 31, 16, tzinfo=dt.UTC)  # New Year already in Jayapura


def told(person, agency, *, subject=1):
    at = dt.datetime(2026, 3, 4, 3, tzinfo=dt.UTC)
    return Achieved(
        person_id=person.pk, kind="course", subject_id=subject, title="Etika", programme_minutes=90, form="elearning",
        started_at=at, achieved_at=at, agency_id=agency.pk, facts={"edition": 1},
    )  # fmt: skip


def events_of(certificate) -> list[str]:
    return list(certificate.events.values_list("kind", flat=True))


def test_certificate_is_there_with_the_commit(person, agency, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        (made,) = make_achievements(achieved=[told(person, agency)])
    certificate = Certificate.objects.get(achievement=made)
    version = certificate.versions.get()
    assert (certificate.state, certificate.sequence, events_of(certificate)) == ("valid", 1, ["issued"])
    assert version.facts["name"] == "Dr. Siti Aminah, S.Sos., M.Si."
    assert version.facts["jp"] == "2"
    assert version.pdf == ""


def test_number_counts_in_the_year_of_the_agencys_own_day(person, agency):
    with time_machine.travel(NOW, tick=False):
        issued = services.issue(achievement_ids=[make_achievement(person, agency, subject=n).pk for n in (1, 2)])
    assert [one.number for one in issued] == ["0001/SERT/BKPSDM/I/2027", "0002/SERT/BKPSDM/I/2027"]
    later = services.issue(achievement_ids=[make_achievement(person, agency, subject=3).pk])
    assert later[0].number.startswith(("0001/", "0003/"))


def test_agencies_and_the_platform_count_apart(person, agency):
    other = AgencyFactory(short_name="BPSDM")
    ids = [make_achievement(person, one, subject=n).pk for n, one in enumerate((agency, other, None, None))]
    with time_machine.travel(dt.datetime(2026, 5, 5, tzinfo=dt.UTC), tick=False):
        issued = services.issue(achievement_ids=ids)
    assert {one.number for one in issued} == {
        "0001/SERT/BKPSDM/V/2026",
        "0001/SERT/BPSDM/V/2026",
        "0001/SERT/PLATFORM/V/2026",
        "0002/SERT/PLATFORM/V/2026",
    }


def test_issuing_twice_is_once(achievement):
    assert len(services.issue(achievement_ids=[achievement.pk, achievement.pk])) == 1
    assert services.issue(achievement_ids=[achievement.pk]) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(
            achievement=achievement, person=achievement.person, code="X", number="X", year=1, sequence=9
        )


def test_number_that_another_pattern_gave_is_passed_over(person, agency):
    services.save_numbering(agency=agency, pattern="{seq}/{year}")
    first = services.issue(achievement_ids=[make_achievement(person, agency, subject=1).pk])[0]
    Certificate.objects.filter(pk=first.pk).update(number=first.number.replace("1/", "2/", 1))
    second = services.issue(achievement_ids=[make_achievement(person, agency, subject=2).pk])[0]
    assert second.number.startswith("3/")


def test_failed_transaction_leaves_no_gap(person, agency):
    def issue_and_fail():
        with transaction.atomic():
            services.issue(achievement_ids=[make_achievement(person, agency, subject=1).pk])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        issue_and_fail()
    assert services.issue(achievement_ids=[make_achievement(person, agency, subject=2).pk])[0].sequence == 1


@pytest.mark.parametrize(
    ("asked", "count"), [({"issues_certificate": True}, 1), ({"issues_certificate": "yes"}, 0), ({}, 0)]
)
def test_external_training_only_where_its_facts_ask(person, agency, asked, count):
    achievement = make_achievement(person, agency, kind="external", facts=asked)
    assert len(services.issue(achievement_ids=[achievement.pk])) == count
    assert services.settle(repair=False)["missing"] == 0


def test_undone_achievement_revokes_and_made_again_restores(person, agency, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        (made,) = make_achievements(achieved=[told(person, agency)])
    certificate = Certificate.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        Achievement.objects.filter(pk=made.pk).update(enrolment=None)
        Achievement.objects.filter(pk=made.pk).update(undone_at=NOW)
        services.revoke_undone(achievement_id=made.pk)
    certificate.refresh_from_db()
    assert (certificate.state, certificate.cause) == ("revoked", "undone")
    with django_capture_on_commit_callbacks(execute=True):
        make_achievements(achieved=[told(person, agency)])
    certificate.refresh_from_db()
    assert (certificate.state, certificate.cause) == ("valid", "")
    assert events_of(certificate) == ["issued", "revoked", "restored"]


def test_undone_is_heard(achievement, certificate, django_capture_on_commit_callbacks):
    from completion.signals import achievement_undone

    Achievement.objects.filter(pk=achievement.pk).update(undone_at=NOW)
    achievement_undone.send(sender=Achievement, achievement_id=achievement.pk, person_id=achievement.person_id)
    certificate.refresh_from_db()
    assert certificate.state == "revoked"


def test_what_staff_revoked_is_not_restored_by_itself(certificate, organiser):
    services.revoke(certificate=certificate, cause="conduct", reason="Dikerjakan orang lain", by=organiser)
    assert services.settle(repair=True) == {"missing": 0, "revoked": 0, "restored": 0}
    certificate.refresh_from_db()
    assert certificate.state == "revoked"


def test_first_word_settles_a_whole_batch(agency, django_assert_max_num_queries):
    made = make_achievements(achieved=[told(person, agency) for person in PersonFactory.create_batch(30)])
    with django_assert_max_num_queries(24):
        for achievement in made:
            issue_certificate(sender=Achievement, achievement_id=achievement.pk)
    assert sorted(Certificate.objects.values_list("sequence", flat=True)) == list(range(1, 31))


def test_command_finds_and_mends(person, agency, capsys):
    lost = make_achievement(person, agency, subject=1)
    undone = make_achievement(person, agency, subject=2)
    services.issue(achievement_ids=[undone.pk])
    Achievement.objects.filter(pk=undone.pk).update(undone_at=NOW)
    with pytest.raises(SystemExit):
        call_command("issue_certificates", check=True)
    assert "1 to issue, 1 to revoke, 0 to restore" in capsys.readouterr().out
    assert not Certificate.objects.filter(achievement=lost).exists()
    call_command("issue_certificates")
    call_command("issue_certificates", check=True)
    assert Certificate.objects.get(achievement=lost).state == "valid"
    assert Certificate.objects.get(achievement=undone).state == "revoked"


# --- decisions -------------------------------------------------------------------------------------------------------


def test_revoked_twice_is_refused(certificate, organiser):
    services.revoke(certificate=certificate, cause="data", reason="Nama keliru", by=organiser)
    with pytest.raises(ValidationError):
        services.revoke(certificate=certificate, cause="data", reason="Nama keliru", by=organiser)
    services.restore(certificate=certificate, reason="Sudah diperiksa", by=organiser)
    with pytest.raises(ValidationError):
        services.restore(certificate=certificate, reason="Sudah diperiksa", by=organiser)
    assert events_of(certificate) == ["issued", "revoked", "restored"]


def test_certificate_of_what_was_undone_is_not_restored_by_hand(certificate, achievement, organiser):
    Achievement.objects.filter(pk=achievement.pk).update(undone_at=NOW)
    services.revoke_undone(achievement_id=achievement.pk)
    with pytest.raises(ValidationError):
        services.restore(certificate=certificate, reason="Tidak apa-apa", by=organiser)


def test_new_version_keeps_number_and_code_and_old_facts(certificate, organiser, person):
    person.name = "Siti Aminah Rahayu"
    person.save()
    Design.objects.create(
        agency=certificate.agency, name="Baru", valid_from=dt.date(2020, 1, 1), heading_id="Piagam",
        signatory_name="Maryam, M.M.",
    )  # fmt: skip
    same = services.reissue(
        certificate=certificate, reason="Rancangan baru", by=organiser, language="id", renew_name=False
    )
    first, second = certificate.versions.all()
    assert (same.number, same.code, same.version) == (certificate.number, certificate.code, 2)
    assert (second.facts["name"], second.facts["heading"]) == (first.facts["name"], "Piagam")
    services.reissue(certificate=certificate, reason="Nama", by=organiser, language="en", renew_name=True)
    held = certificate_by_code(certificate.code)
    assert held.facts["name"] == "Dr. Siti Aminah Rahayu, S.Sos., M.Si."
    assert held.version.language == "en"
    assert first.facts == CertificateVersion.objects.get(pk=first.pk).facts


def test_facts_do_not_follow_the_course(certificate, achievement):
    Achievement.objects.filter(pk=achievement.pk).update(title="Nama baru")
    assert certificate_by_code(certificate.code).facts["title"] == "Melayani dengan Empati"


def test_events_are_only_added(certificate):
    event = CertificateEvent.objects.get()
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()


def test_designs_follow_each_other(agency):
    first = services.save_design(design=Design(agency=agency, name="A", valid_from=dt.date(2026, 1, 1)))
    services.save_design(design=Design(agency=agency, name="B", valid_from=dt.date(2026, 7, 1)))
    first.refresh_from_db()
    assert first.valid_to == dt.date(2026, 6, 30)
    with pytest.raises(ValidationError):
        services.save_design(design=Design(agency=agency, name="C", valid_from=dt.date(2026, 7, 1)))


@pytest.mark.django_db(transaction=True)
def test_processes_at_once_number_without_gap_or_double(agency):
    """On SQLite the writers queue for the file; on PostgreSQL for the row of the series."""
    person = make_organiser(agency)
    ids = [make_achievement(person, agency, subject=n).pk for n in range(12)]
    failures = []

    def work(mine):
        try:
            for pk in mine:
                services.issue(achievement_ids=[pk])
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    # Each achievement is asked for by two of them.
    threads = [threading.Thread(target=work, args=(part,)) for part in (ids[:8], ids[4:], ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(Certificate.objects.values_list("sequence", flat=True)) == list(range(1, 13))
    assert connection.vendor in ("sqlite", "postgresql")
