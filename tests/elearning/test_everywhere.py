"""What holds for every address, also for those that are added tomorrow."""

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from people import services
from tests.factories import AgencyFactory, PersonFactory, lessons_of, make_course

# What a visitor may read without signing in; each is here on purpose.
OPEN = {
    "masuk/",
    "keluar/",
    "cari/",
    "akun/inactive/",
    "akun/signup/",
    "akun/confirm-email/",
    "akun/password/reset/",
    "akun/password/reset/done/",
    "akun/password/reset/key/done/",
    "admin/jsi18n/",
    "admin/sprite/",
    "sertifikat/",  # where anybody checks a certificate, whose keys and issuers are public
    "sertifikat/kunci.json",
    "sertifikat/penerbit/",
    "pekerja.js",  # a script alone, without anybody's data; a browser looks for a newer one also when signed out
}


def addresses(resolver=None, before=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        address = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLPattern):
            yield address, pattern.callback
        else:
            yield from addresses(pattern, address)


def fixed_addresses():
    return sorted({address for address, _view in addresses() if not set("<(\\$") & set(address)})


def test_no_view_takes_a_forged_request(db):
    """Wagtail's interface for its own scripts asks for the token by itself, of whoever has a session.

    A mail program that stops letters by one click (RFC 8058) has no session: the signed address is its proof.
    """
    exempt = {address for address, view in addresses() if getattr(view, "csrf_exempt", False)}
    by_mail = {address for address in exempt if address.startswith("pesan/berhenti/")}
    assert len(by_mail) == 1
    assert all(address.startswith("admin/api/main/") for address in exempt - by_mail)
    client = Client(enforce_csrf_checks=True)
    client.force_login(PersonFactory(is_superuser=True))
    lesson = lessons_of(make_course())[0]
    assert client.post(f"/admin/api/main/pages/{lesson.pk}/action/delete/").status_code == 403
    lesson.refresh_from_db()


def test_visitors_read_nothing_but_what_is_open(client, db):
    make_course()
    shown = {address for address in fixed_addresses() if client.get(f"/{address}").status_code == 200}
    assert shown - {""} <= OPEN


@pytest.mark.parametrize("role", ["editor", "reviewer", "organiser"])
def test_people_without_a_role_reach_no_page_of_the_admin(client, db, role):
    """And whose role has ended no longer does, in the same session."""
    person = PersonFactory()
    granted = services.grant_role(person=person, agency=AgencyFactory(), role=role)
    client.force_login(person)
    assert client.get("/admin/").status_code == 200
    services.end_role(role=granted)
    open_still = {
        address
        for address in fixed_addresses()
        if address.startswith("admin/") and client.get(f"/{address}").status_code == 200
    }
    assert open_still <= OPEN


@pytest.mark.parametrize("path", ["/", "/katalog/", "/belajar/", "/akun/", "/akun/sessions/", "/akun/email/", "/tim/"])
def test_pages_of_a_person_are_kept_by_nobody_else(client, db, path):
    make_course()
    client.force_login(PersonFactory())
    assert "private" in client.get(path)["Cache-Control"]


def test_who_is_switched_off_during_a_session_is_out_at_once(db):
    person, here, there = PersonFactory(), Client(), Client()
    for client in (here, there):
        client.force_login(person)
        assert client.get("/belajar/").status_code == 200
    person.is_active = False
    person.save()
    assert [client.get("/belajar/").status_code for client in (here, there)] == [302, 302]


def test_a_new_password_ends_the_sessions_elsewhere(db):
    person, thief = PersonFactory(), Client()
    thief.force_login(person)
    person.set_password("another-long-phrase")
    person.save()
    assert thief.get("/belajar/").status_code == 302
