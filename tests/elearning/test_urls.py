"""One door."""

import pytest
from django.urls import reverse

from people import services
from tests.factories import AgencyRoleFactory, PersonFactory

PASSWORD = "a-long-enough-phrase"


def test_sign_in_has_one_indonesian_address():
    assert (reverse("account_login"), reverse("account_logout")) == ("/masuk/", "/keluar/")


@pytest.mark.parametrize("address", ["/admin/login/", "/akun/login/", "/_util/login/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_other_sign_in_pages_lead_to_the_one_door(client, db, method, address):
    response = getattr(client, method)(f"{address}?next=/admin/pages/")
    assert (response.status_code, response["Location"]) == (302, "/masuk/?next=%2Fadmin%2Fpages%2F")


def test_admin_sends_a_stranger_to_the_one_door(client, db):
    response = client.get("/admin/pages/")
    assert (response.status_code, response["Location"]) == (302, "/masuk/?next=/admin/pages/")


@pytest.mark.parametrize("address", ["/admin/password_reset/", "/admin/password_reset/done/"])
def test_wagtails_own_password_reset_is_closed(client, db, address):
    assert client.get(address).status_code == 404


def test_no_page_takes_a_password_but_the_one_door(client, db):
    """Wagtail's page for restricted pages signed in anybody with a password, past second step and rate limits."""
    person = PersonFactory(password=PASSWORD)
    for address in ("/_util/login/", "/admin/login/", "/akun/login/"):
        client.post(address, {"username": person.email, "login": person.email, "password": PASSWORD})
        assert "_auth_user_id" not in client.session


def test_address_cannot_be_changed_without_the_password(client, db):
    """Wagtail's own account page would take an e-mail from whoever found the browser open."""
    editor = AgencyRoleFactory(role="editor").person
    services.sync_groups(editor)
    client.force_login(editor)
    page = client.get("/admin/account/")
    assert page.status_code == 200
    assert "name_email-email" not in page.content.decode()
    client.post("/admin/account/", {"name_email-first_name": "X", "name_email-email": "thief@contoh.example"})
    editor.refresh_from_db()
    assert editor.email != "thief@contoh.example"


@pytest.mark.parametrize(
    "address",
    [
        *("/belajar/ikut/{}/", "/belajar/baca/{}/", "/belajar/tinggalkan/{}/"),
        *("/belajar/mengapa/{}/1/", "/belajar/mengapa/1/{}/", "/kuis/{}/mulai/", "/kuis/{}/coba/"),
        "/kuis/00000000-0000-4000-8000-000000000000/{}/",
    ],
)
@pytest.mark.parametrize("number", ["9" * 18, "9" * 25, "9" * 5000])
def test_a_number_that_no_row_has_is_not_found(client, db, address, number):
    client.force_login(PersonFactory())
    assert client.get(address.format(number)).status_code in (404, 405)
    assert client.post(address.format(number)).status_code in (404, 405)
