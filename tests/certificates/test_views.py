"""The public pages and the learner's own: what they say, to whom, and how often."""

import datetime as dt
import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from certificates import services
from completion.models import Achievement
from notifications.models import Notice
from tests.factories import PersonFactory

from .conftest import NIP, make_achievement


def page_of(certificate) -> str:
    return reverse("certificates:certificate", args=[certificate.code])


def text_of(response) -> str:
    return response.content.decode()


# --- anybody ---------------------------------------------------------------------------------------------------------


def test_page_says_every_printed_fact_without_the_nip(client, certificate):
    shown = client.get(page_of(certificate))
    words = text_of(shown)
    facts = certificate.versions.get().facts
    for fact in (facts["name"], facts["title"], facts["organiser"], facts["number"], facts["unit"], "4 JP",
                 "1–4 Maret 2026", "•••••••• •••••• • 998"):  # fmt: skip
        assert fact in words
    assert NIP not in words
    assert "Sertifikat ini asli dan berlaku" in words
    assert shown["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in shown["Cache-Control"]


def test_json_says_the_same(client, certificate):
    told = client.get(reverse("certificates:json", args=[certificate.code]))
    assert (told.json()["state"], told.json()["facts"]["nip"]) == ("valid", "•••••••• •••••• • 998")
    assert NIP not in text_of(told)


def test_code_is_read_in_any_spelling(client, certificate):
    typed = f"{certificate.code[:5]}-{certificate.code[5:]}".lower()
    assert client.get(f"/sertifikat/{typed}/").url == page_of(certificate)
    assert client.get(reverse("certificates:check"), {"kode": typed}).url == page_of(certificate)


@pytest.mark.parametrize("name", ["certificate", "json", "badge", "badge_picture", "status"])
def test_unknown_code_is_404_everywhere(client, db, name):
    assert client.get(reverse(f"certificates:{name}", args=["7KQ2MX4TBN"])).status_code == 404


def test_typed_nonsense_is_explained(client, db):
    shown = client.get(reverse("certificates:check"), {"kode": "abc"})
    assert "sepuluh huruf dan angka" in text_of(shown)


def test_revoked_says_since_when_and_why_but_not_the_inner_reason(client, certificate, organiser):
    services.revoke(certificate=certificate, cause="conduct", reason="Laporan nomor 7", by=organiser)
    words = text_of(client.get(page_of(certificate)))
    assert "sudah dicabut" in words
    assert "melanggar ketentuan" in words
    assert "Laporan" not in words
    assert client.get(reverse("certificates:json", args=[certificate.code])).json()["state"] == "revoked"


def test_expired_on_the_day_after(client, person, agency):
    achievement = make_achievement(person, agency, valid_until=dt.date(2026, 3, 5))
    (certificate,) = services.issue(achievement_ids=[achievement.pk])
    assert "sudah habis" in text_of(client.get(page_of(certificate)))


# --- a file ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def pdf(certificate, settings):
    version = services.ensure_pdf(version=certificate.versions.get())
    return (settings.MEDIA_ROOT / version.pdf).read_bytes()


def send(client, address, content: bytes):
    return client.post(address, {"berkas": SimpleUploadedFile("s.pdf", content)}, follow=True)


def test_own_file_is_the_same(client, certificate, pdf):
    assert "sama persis" in text_of(send(client, page_of(certificate), pdf))
    assert "sama persis" in text_of(send(client, reverse("certificates:check"), pdf))


def test_hash_alone_is_enough(client, certificate, pdf):
    shown = client.post(page_of(certificate), {"sidik": hashlib.sha256(pdf).hexdigest()}, follow=True)
    assert "sama persis" in text_of(shown)


def test_changed_file_is_found_out(client, certificate, pdf):
    assert "berbeda dari yang kami terbitkan" in text_of(send(client, page_of(certificate), pdf + b" "))
    assert "tidak menerbitkan berkas ini" in text_of(send(client, reverse("certificates:check"), pdf + b" "))


def test_replaced_file_is_known_as_such(client, certificate, pdf, organiser):
    services.reissue(certificate=certificate, reason="Baru", by=organiser, language="id", renew_name=False)
    assert "sudah diganti" in text_of(send(client, page_of(certificate), pdf))
    assert "sudah diganti" in text_of(send(client, reverse("certificates:check"), pdf))


def test_file_of_another_certificate_leads_there(client, certificate, pdf, agency):
    (other,) = services.issue(achievement_ids=[make_achievement(PersonFactory(), agency).pk])
    words = text_of(send(client, page_of(other), pdf))
    assert "sertifikat lain" in words
    assert page_of(certificate) in words


@pytest.mark.parametrize("told", [{}, {"sidik": "x"}, {"sidik": "g" * 64}])
def test_nothing_to_compare_is_explained(client, certificate, told):
    assert "Pilih berkas PDF" in text_of(client.post(page_of(certificate), told))


def test_large_file_is_refused(client, certificate, monkeypatch):
    monkeypatch.setattr("certificates.forms.MOST_BYTES", 10)
    assert "lebih dari 10 MB" in text_of(send(client, page_of(certificate), b"x" * 11))


# --- how often -------------------------------------------------------------------------------------------------------


def test_guessing_is_stopped(client, certificate, settings):
    settings.CERTIFICATE_RATE_LIMITS = {"look": (100, 60), "miss": (3, 60)}
    for _try in range(3):
        assert client.get("/sertifikat/7KQ2MX4TBN/").status_code == 404
    assert client.get("/sertifikat/7KQ2MX4TBN/").status_code == 429
    assert client.get(page_of(certificate)).status_code == 429
    assert client.get(page_of(certificate), REMOTE_ADDR="198.51.100.7").status_code == 200


def test_looking_too_often_is_stopped(client, certificate, settings):
    settings.CERTIFICATE_RATE_LIMITS = {"look": (2, 60), "miss": (3, 60)}
    answers = [client.get(page_of(certificate)).status_code for _try in range(3)]
    assert answers == [200, 200, 429]


# --- the learner's own -----------------------------------------------------------------------------------------------


def test_list_holds_only_ones_own(client, person, certificate, agency):
    services.issue(achievement_ids=[make_achievement(PersonFactory(), agency, title="Milik orang lain").pk])
    assert client.get(reverse("certificates:mine")).status_code == 302
    client.force_login(person)
    words = text_of(client.get(reverse("certificates:mine")))
    assert "Melayani dengan Empati" in words
    assert "Milik orang lain" not in words


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_queries(client, person, agency, count, django_assert_max_num_queries):
    made = services.issue(achievement_ids=[make_achievement(person, agency, subject=n).pk for n in range(count)])
    for certificate in made:
        services.revoke(certificate=certificate, cause="data", reason="Keliru", by=PersonFactory())
    client.force_login(person)
    client.get(reverse("certificates:mine"))
    with django_assert_max_num_queries(5):
        client.get(reverse("certificates:mine"))


def test_holder_downloads_and_nobody_else(client, person, certificate, organiser):
    address = reverse("certificates:download", args=[certificate.code])
    assert client.get(address).status_code == 302
    client.force_login(PersonFactory())
    assert client.get(address).status_code == 404
    client.force_login(person)
    shown = client.get(address)
    assert shown.content.startswith(b"%PDF")
    assert certificate.code in shown["Content-Disposition"]
    services.revoke(certificate=certificate, cause="data", reason="Keliru", by=organiser)
    assert client.get(address).status_code == 404


def test_stored_file_has_no_address_of_its_own(client, person, certificate, pdf):
    client.force_login(person)
    assert client.get(f"/media/{certificate.versions.get().pdf}").status_code == 404


@pytest.mark.parametrize("found", [True, False])
def test_public_page_costs_few_queries(client, certificate, found, django_assert_max_num_queries):
    client.get(page_of(certificate))
    with django_assert_max_num_queries(4):
        client.get(page_of(certificate) if found else "/sertifikat/7KQ2MX4TBN/")


# --- the holder is told ----------------------------------------------------------------------------------------------


def told(person, **about):
    return list(Notice.objects.filter(person=person, kind="certificate_changed", **about).order_by("pk"))


def test_holder_is_told_why_and_what_to_do(client, certificate, person, organiser, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.revoke(certificate=certificate, cause="data", reason="Gelar keliru", by=organiser)
    (notice,) = told(person)
    assert notice.title == "Sertifikat Anda dicabut: Melayani dengan Empati"
    assert certificate.number in notice.text
    assert "Gelar keliru" in notice.text
    assert "jangan" in notice.text.lower()
    assert notice.url == reverse("certificates:mine")
    client.force_login(person)
    words = text_of(client.get(notice.url))
    assert "Gelar keliru" in words
    with django_capture_on_commit_callbacks(execute=True):
        services.restore(certificate=certificate, reason="Ternyata benar", by=organiser)
        services.reissue(certificate=certificate, reason="Gelar baru", by=organiser, language="id", renew_name=False)
    titles = [one.title.partition(":")[0] for one in told(person)]
    assert titles == ["Sertifikat Anda dicabut", "Sertifikat Anda berlaku kembali", "Sertifikat Anda diterbitkan ulang"]
    words = text_of(client.get(notice.url))
    assert "Gelar baru" in words
    assert "Unduh ulang" in words
    assert not Notice.objects.exclude(person=person).exists()


def test_only_the_holder_reads_the_reason(client, certificate, organiser):
    services.reissue(certificate=certificate, reason="Nomor laporan 7", by=organiser, language="id", renew_name=False)
    assert "laporan 7" not in text_of(client.get(page_of(certificate)))


def test_completion_taken_back_tells_what_is_open(certificate, person, django_capture_on_commit_callbacks):
    Achievement.objects.update(undone_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        services.revoke_undone(achievement_id=certificate.achievement_id)
    (notice,) = told(person)
    assert "Pembelajaran saya" in notice.text


def test_external_training_has_told_it_already(person, agency, django_capture_on_commit_callbacks):
    achievement = make_achievement(person, agency, kind="external", facts={"issues_certificate": True})
    services.issue(achievement_ids=[achievement.pk])
    Achievement.objects.update(undone_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        assert services.revoke_undone(achievement_id=achievement.pk)
    assert not told(person)


def test_issuing_is_no_such_news(person, achievement, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.issue(achievement_ids=[achievement.pk])
    assert not told(person)


# --- where learning is -----------------------------------------------------------------------------------------------


def test_finished_course_offers_its_certificate(client, person, django_capture_on_commit_callbacks):
    from completion.services import decide_by_staff, enrol
    from courses.queries import edition_rules
    from tests.factories import make_course

    course = make_course(lessons=1)
    enrolment = enrol(person=person, course=course)
    with django_capture_on_commit_callbacks(execute=True):
        for rule in edition_rules(enrolment.edition_id):
            decide_by_staff(
                enrolment=enrolment, activity_id=rule.activity_id, complete=True, by=PersonFactory(), reason="Hadir"
            )
    client.force_login(person)
    address = reverse("certificates:download", args=[person.certificates.get().code])
    assert text_of(client.get(course.url)).count(address) == 2  # the celebration's, and what stays
    assert text_of(client.get(course.url)).count(address) == 1
    assert reverse("certificates:mine") in text_of(client.get(reverse("completion:learning")))
