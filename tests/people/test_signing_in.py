"""The door: who gets in by what, and what a refusal gives away (nothing)."""

import datetime as dt
import re

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from people.adapters import REFUSED
from people.identifiers import format_nip
from people.letters import reset_path
from people.models import Person, Status
from tests.factories import PASSWORD, EmploymentFactory, PersonFactory, StatusFactory

pytestmark = pytest.mark.django_db

DOOR = "/masuk/"


def sign_in(client, login, password=PASSWORD, **more):
    return client.post(DOOR, {"login": login, "password": password, **more})


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_door_has_its_address():
    assert reverse("account_login") == DOOR
    assert reverse("account_logout") == "/keluar/"
    assert reverse("people:account") == "/akun/"


@pytest.mark.parametrize(
    "spelt",
    [
        lambda nip: nip,
        format_nip,
        lambda nip: "-".join([nip[:8], nip[8:14], nip[14], nip[15:]]),
        lambda nip: f" {nip} ",
    ],
)
def test_nip_in_any_spelling_signs_in(client, spelt):
    employment = EmploymentFactory()
    response = sign_in(client, spelt(employment.nip))
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(employment.person.pk)


@pytest.mark.parametrize("change", [str, str.upper, str.title])
def test_email_in_any_case_signs_in(client, change):
    person = PersonFactory()
    assert sign_in(client, change(person.email)).status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)


def test_each_current_nip_of_a_person_signs_in(client):
    first = EmploymentFactory()
    second = EmploymentFactory(person=first.person, kind="pppk")
    for nip in (first.nip, second.nip):
        assert authenticate(username=nip, password=PASSWORD) == first.person


def test_nip_signs_in_on_its_last_day_and_not_after():
    today = timezone.localdate()
    employment = EmploymentFactory(valid_to=today)
    assert authenticate(username=employment.nip, password=PASSWORD)
    employment.valid_to = today - dt.timedelta(days=1)
    employment.save()
    assert authenticate(username=employment.nip, password=PASSWORD) is None
    assert authenticate(username=employment.person.email, password=PASSWORD) == employment.person


def test_nip_of_an_employment_to_come_is_refused():
    employment = EmploymentFactory(valid_from=timezone.localdate() + dt.timedelta(days=1))
    assert authenticate(username=employment.nip, password=PASSWORD) is None


def test_nip_in_force_for_two_people_signs_in_neither():
    first = EmploymentFactory(valid_to=timezone.localdate())
    second = EmploymentFactory(nip=first.nip, person__password="another-long-phrase")
    assert authenticate(username=second.nip, password=PASSWORD) is None
    assert authenticate(username=second.nip, password="another-long-phrase") is None


@pytest.mark.parametrize("identifier", ["key", "name", "pk"])
def test_nothing_else_of_a_person_signs_in(client, identifier):
    person = EmploymentFactory().person
    sign_in(client, str(getattr(person, identifier)))
    assert not is_in(client)


def test_person_who_left_is_refused(client):
    person = PersonFactory()
    StatusFactory(person=person, kind=Status.Kind.LEFT)
    sign_in(client, person.email)
    assert not is_in(client)
    assert authenticate(username=person.email, password=PASSWORD) is None


def test_inactive_person_is_refused_and_put_out_at_once(client):
    person = PersonFactory()
    sign_in(client, person.email)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/akun/").status_code == 302
    client.logout()
    sign_in(client, person.email)
    assert not is_in(client)


def refusals():
    ended = EmploymentFactory(valid_to=dt.date(2020, 1, 1))
    return {
        "wrong password by NIP": (EmploymentFactory().nip, "wrong-long-phrase"),
        "wrong password by e-mail": (PersonFactory().email, "wrong-long-phrase"),
        "unknown NIP": ("198508172010122998", PASSWORD),
        "unknown e-mail": ("nobody@contoh.example", PASSWORD),
        "NIP that ended": (ended.nip, PASSWORD),
        "nonsense": ("' OR 1=1 --", PASSWORD),
        "empty password account": (PersonFactory(password=None).email, PASSWORD),
    }


def test_every_refusal_says_the_same(client):
    for case, (login, password) in refusals().items():
        response = sign_in(client, login, password)
        assert response.status_code == 200, case
        assert response.context["form"].non_field_errors() == [REFUSED], case
        assert not is_in(client), case


def test_every_refusal_costs_one_run_of_the_hasher(monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    runs = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: runs.append(1) or encode(*args))
    for case, (login, password) in refusals().items():
        runs.clear()
        assert authenticate(username=login, password=password) is None
        assert len(runs) == 1, case


def test_shared_device_ends_with_the_browser(client):
    person = PersonFactory()
    sign_in(client, person.email, shared_device="on")
    assert client.session.get_expire_at_browser_close()


def test_own_device_stays_signed_in(client, settings):
    person = PersonFactory()
    sign_in(client, person.email)
    assert not client.session.get_expire_at_browser_close()
    assert client.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


def test_door_has_one_field_that_devices_understand(client):
    page = client.get(DOOR).content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert 'autocapitalize="none"' in page
    assert "placeholder" not in page


def test_attempts_on_one_nip_are_counted_over_its_spellings(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "100/m/ip,3/300s/key"}
    nip = EmploymentFactory().nip
    for spelt in (nip, format_nip(nip), f"{nip[:8]}.{nip[8:]}"):
        sign_in(client, spelt, "wrong-long-phrase")
    response = sign_in(client, nip)
    assert not is_in(client)
    assert "lima menit" in str(response.context["form"].non_field_errors())
    assert sign_in(client, EmploymentFactory().nip).status_code == 302


def test_attempts_on_one_email_are_counted_over_its_cases(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "100/m/ip,2/300s/key"}
    email = PersonFactory().email
    for spelt in (email, email.upper()):
        sign_in(client, spelt, "wrong-long-phrase")
    sign_in(client, email.title())
    assert not is_in(client)


def test_nobody_signs_up(client):
    page = client.post("/akun/signup/", {"email": "x@contoh.example", "password1": PASSWORD, "password2": PASSWORD})
    assert page.status_code == 200
    assert not Person.objects.exists()


def test_signing_out_asks_on_get_and_does_on_post(client):
    client.force_login(PersonFactory())
    assert client.get("/keluar/").status_code == 200
    assert is_in(client)
    client.post("/keluar/")
    assert not is_in(client)


# --- Wagtail's doors -------------------------------------------------------------------------------------------------


def test_wagtails_door_leads_to_ours(client):
    response = client.get("/admin/login/?next=/admin/pages/")
    assert (response.status_code, response.url) == (302, "/masuk/?next=%2Fadmin%2Fpages%2F")
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302
    assert client.get("/admin/").url == "/masuk/?next=/admin/"


@pytest.mark.parametrize("path", ["/admin/password_reset/", "/admin/password_reset/confirm/MQ/abc/"])
def test_wagtails_password_reset_is_closed(client, path):
    assert client.get(path).status_code in (302, 404)


def test_learner_is_sent_home_from_the_admin(client):
    client.force_login(PersonFactory())
    refused = client.get("/admin/")
    assert refused.url == "/masuk/?next=/admin/"
    assert client.get(refused.url).url == "/"


def test_editor_inside_goes_on_to_the_admin(client):
    client.force_login(PersonFactory(is_superuser=True))
    assert client.get("/masuk/?next=/admin/").url == "/admin/"


def test_door_never_leads_to_another_site(client):
    person = PersonFactory()
    response = client.post(DOOR + "?next=https://evil.example/", {"login": person.email, "password": PASSWORD})
    assert response.url == "/"


# --- a forgotten password --------------------------------------------------------------------------------------------


def test_reset_answers_alike_and_mails_only_the_person(client):
    person = PersonFactory(language="en")
    answers = [
        client.post("/akun/password/reset/", {"email": email})
        for email in (person.email.upper(), "nobody@contoh.example", PersonFactory(is_active=False).email)
    ]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, "/akun/password/reset/done/")}
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        ([person.email], "A new password for Pembinaan ASN")
    ]


def test_reset_link_works_once(client):
    person = EmploymentFactory().person
    path = reset_path(person)
    form = client.get(path, follow=True)
    new = {"password1": "kopi-hangat-di-loket", "password2": "kopi-hangat-di-loket"}
    assert client.post(form.redirect_chain[-1][0], new).status_code == 302
    person.refresh_from_db()
    assert person.check_password("kopi-hangat-di-loket")
    client.logout()
    assert client.get(path, follow=True).context["token_fail"]


def test_password_that_is_the_name_or_short_is_refused(client):
    person = PersonFactory(name="Wahyuningsih")
    form = client.get(reset_path(person), follow=True)
    for bad in ("wahyuningsih", "short", "198508172010122998"):
        client.post(form.redirect_chain[-1][0], {"password1": bad, "password2": bad})
        person.refresh_from_db()
        assert not person.check_password(bad)


# --- account ---------------------------------------------------------------------------------------------------------


def test_account_page_is_for_those_inside(client):
    assert client.get("/akun/").url == "/masuk/?next=/akun/"


def test_account_page_shows_the_own_facts_only(client):
    mine, other = EmploymentFactory(), EmploymentFactory(person__name="Orang Lain")
    client.force_login(mine.person)
    page = client.get("/akun/").content.decode()
    assert format_nip(mine.nip) in page
    assert other.person.name not in page
    assert format_nip(other.nip) not in page


def test_language_and_zone_are_kept_and_nothing_else(client):
    person = PersonFactory()
    client.force_login(person)
    posted = {"language": "en", "time_zone": "Asia/Jayapura", "is_superuser": "on", "name": "Diretas"}
    client.post("/akun/", posted)
    person.refresh_from_db()
    assert (person.language, person.time_zone, person.is_superuser) == ("en", "Asia/Jayapura", False)
    assert person.name != "Diretas"


def test_visitor_switches_language_by_a_cookie(client):
    response = client.post("/akun/bahasa/", {"language": "en", "next": "/masuk/"})
    assert response.url == "/masuk/"
    assert client.get("/masuk/").headers["Content-Language"] == "en"


@pytest.mark.parametrize("way", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_language_switch_leads_to_no_other_site(client, way):
    assert client.post("/akun/bahasa/", {"language": "en", "next": way}).url == "/"


def test_unknown_language_changes_nothing(client):
    assert not client.post("/akun/bahasa/", {"language": "xx"}).cookies


def test_language_switch_needs_a_post(client):
    assert client.get("/akun/bahasa/").status_code == 405


@pytest.mark.parametrize("path", ["/akun/email/", "/akun/password/change/", "/akun/2fa/", "/akun/sessions/"])
def test_account_pages_stand_in_our_look(client, path):
    sign_in(client, PersonFactory().email)
    page = client.get(path, follow=True)
    assert page.status_code == 200
    assert 'id="main"' in page.content.decode()


@pytest.mark.parametrize("path", ["/masuk/", "/akun/password/reset/", "/akun/password/reset/done/", "/akun/signup/"])
def test_door_pages_stand_in_our_look(client, path):
    page = client.get(path).content.decode()
    assert 'id="main"' in page
    assert "style=" not in page


def test_second_step_is_asked_again_for_the_password(client):
    """TOTP is set up only after the password was given anew, and the NIP need not be typed for it."""
    person = EmploymentFactory().person
    client.force_login(person)
    client.get("/akun/email/")
    asked = client.get("/akun/2fa/totp/activate/")
    assert asked.url.startswith("/akun/reauthenticate/")
    assert client.post(asked.url, {"password": "wrong-long-phrase"}).status_code == 200
    assert client.post(asked.url, {"password": PASSWORD}).url == "/akun/2fa/totp/activate/"
    assert client.get("/akun/2fa/totp/activate/").status_code == 200


def test_second_step_stands_between_password_and_inside(client):
    from allauth.mfa.totp.internal.auth import (
        TOTP,
        format_hotp_value,
        generate_totp_secret,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    person = PersonFactory()
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    response = sign_in(client, person.email)
    assert response.url.startswith("/akun/2fa/authenticate/")
    assert client.get("/akun/").status_code == 302
    client.post("/akun/2fa/authenticate/", {"code": "000000"})
    assert not is_in(client)
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    client.post("/akun/2fa/authenticate/", {"code": code})
    assert is_in(client)


# --- another address -------------------------------------------------------------------------------------------------


def ask_for(client, email):
    client.get("/akun/email/")
    client.post("/akun/reauthenticate/?next=/akun/email/", {"password": PASSWORD})
    client.post("/akun/email/", {"action_add": "", "email": email})


def link_in(letter) -> str:
    return re.search(r"/akun/confirm-email/\S+/", letter.body)[0]


def test_asking_for_another_address_keeps_the_old_one_until_it_is_confirmed(client, mailoutbox):
    """The old address went at once, and with it the way in of whoever has no NIP."""
    person = PersonFactory()
    old = person.email
    client.force_login(person)
    ask_for(client, "baru@contoh.example")
    assert authenticate(username=old, password=PASSWORD) == person
    assert authenticate(username="baru@contoh.example", password=PASSWORD) is None
    client.post(link_in(mailoutbox[-1]))
    assert authenticate(username="baru@contoh.example", password=PASSWORD) == person
    assert authenticate(username=old, password=PASSWORD) is None


def test_another_persons_address_is_never_taken(client, mailoutbox):
    person, other = PersonFactory(), PersonFactory()
    old = person.email
    client.force_login(person)
    ask_for(client, other.email)
    for letter in mailoutbox:
        for address in re.findall(r"/akun/confirm-email/\S+/", letter.body):
            client.post(address)
    person.refresh_from_db()
    assert person.email == old
    assert authenticate(username=other.email, password=PASSWORD) == other


def test_address_that_somebody_got_meanwhile_is_not_taken(client, mailoutbox):
    person = PersonFactory()
    old = person.email
    client.force_login(person)
    ask_for(client, "baru@contoh.example")
    PersonFactory(email="baru@contoh.example")
    assert client.post(link_in(mailoutbox[-1])).status_code in (200, 302, 404)
    person.refresh_from_db()
    assert person.email == old


def test_address_given_by_the_organiser_is_the_one_in_force(client):
    person = PersonFactory()
    client.force_login(person)
    client.get("/akun/email/")
    Person.objects.filter(pk=person.pk).update(email="kantor@contoh.example")
    page = client.get("/akun/email/").content.decode()
    assert "kantor@contoh.example" in page
    assert person.email not in page
