"""The pages of the account say the truth, in Indonesian, in this site's words."""

import pytest
from allauth.usersessions.models import UserSession
from django.urls import reverse

from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
ANDROID = "Mozilla/5.0 (Linux; Android 8.1; SM-J730G) AppleWebKit/537.36 Chrome/99.0 Mobile Safari/537.36"


@pytest.fixture
def person():
    return PersonFactory(email="nur@contoh.example", language="id")


@pytest.fixture
def member(client, person):
    client.force_login(person)
    return client


@pytest.mark.parametrize(("says", "name"), [(ANDROID, "Chrome · Android"), ("Mozilla/5.0", "Perangkat tidak dikenal")])
def test_sessions_are_named_by_browser_and_device(member, person, says, name):
    UserSession.objects.all().delete()
    UserSession.objects.create(user=person, ip="127.0.0.1", user_agent=says, session_key=member.session.session_key)
    shown = member.get(reverse("usersessions_list")).content.decode()
    assert name in shown
    assert "Mozilla" not in shown


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("account_change_password", ["Ganti kata sandi", "Jangan hanya angka."]),
        ("account_email", ["Alamat surel"]),
        ("mfa_index", ["Langkah kedua saat masuk", "Aplikasi autentikator"]),
        ("account_reauthenticate", ["Pastikan ini Anda"]),
    ],
)
def test_account_pages_speak_our_words(member, address, words):
    shown = member.get(reverse(address)).content.decode()
    assert [word for word in words if word not in shown] == []
    assert "e-mail" not in shown.lower()


@pytest.mark.parametrize("address", ["account_inactive", "account_signup", "account_email_verification_sent"])
def test_closed_doors_name_a_way_on(client, address):
    shown = client.get(reverse(address)).content.decode().lower()
    assert 'href="/masuk/"' in shown.split("<main")[1].split("</main>")[0] or 'href="/akun/"' in shown
    assert "e-mail" not in shown


def test_broken_link_to_confirm_an_address_names_a_way_on(client):
    shown = client.get(reverse("account_confirm_email", args=["tidak-ada"])).content.decode()
    assert "Tautan ini tidak berlaku lagi" in shown
    assert reverse("account_email") in shown
