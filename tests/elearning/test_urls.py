"""One door."""

import pytest
from django.urls import reverse


def test_sign_in_has_one_indonesian_address():
    assert (reverse("account_login"), reverse("account_logout")) == ("/masuk/", "/keluar/")


@pytest.mark.parametrize("address", ["/admin/login/", "/akun/login/"])
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
