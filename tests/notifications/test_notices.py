"""Telling people: once, as they chose, by day, and never after it stopped being true."""

import datetime as dt
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications import kinds, letters
from notifications.models import DigestChoice, Letter, Notice, Preference
from notifications.services import Message, is_own_path, notify, notify_many, stop_email
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
NIGHT = dt.datetime(2026, 3, 4, 15, tzinfo=dt.UTC)  # 22.00 WIB
MORNING = dt.datetime(2026, 3, 5, 0, tzinfo=dt.UTC)  # 07.00 WIB


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register("news", "Kabar", why="Karena ada kabar.")
    kinds.register("duty", "Kewajiban", is_mandatory=True)
    kinds.register("quiet", "Pengingat", waits_at_night=True)
    kinds.register("inside", "Hanya di situs", email=False)


@pytest.fixture
def person():
    return PersonFactory(language="id")


def tell(person, **fields):
    return notify(person=person, **{"kind": "news", "key": "satu", "title": "Hasil ada", "text": "Bapak/Ibu", **fields})


def test_told_twice_is_once(person):
    first = tell(person, url="/belajar/")
    assert first.title == "Hasil ada"
    assert tell(person, title="Lain") is None
    assert Notice.objects.count() == len(mail.outbox) == 1


def test_one_key_for_two_people_is_two(person):
    tell(person)
    assert tell(PersonFactory())


@pytest.mark.parametrize(
    "url", ["https://jahat.example/", "//jahat.example", "javascript:alert(1)", "belajar/", "/\\x"]
)
def test_only_paths_of_this_site_are_kept(person, url):
    assert not is_own_path(url)
    with pytest.raises(ValueError, match="no path of this site"):
        tell(person, url=url)


def test_unknown_kind_is_refused(person):
    with pytest.raises(LookupError):
        tell(person, kind="nothing")


def test_who_may_not_sign_in_is_told_nothing():
    assert tell(PersonFactory(is_active=False)) is None
    assert mail.outbox == []


def test_without_an_address_it_stays_in_the_site():
    assert tell(PersonFactory(email=None)).letter is None


@pytest.mark.parametrize(("kind", "letters_sent"), [("news", 1), ("inside", 0), ("duty", 1)])
def test_kind_says_whether_it_goes_by_email(person, kind, letters_sent):
    assert tell(person, kind=kind).is_shown
    assert len(mail.outbox) == letters_sent


def test_preference_holds_but_not_for_what_is_mandatory(person):
    for kind in ("news", "duty"):
        Preference.objects.create(person=person, kind=kind, in_app=False, email="never")
    assert tell(person) is None
    assert tell(person, kind="duty", key="dua").is_shown
    assert len(mail.outbox) == 1


def test_email_only_is_not_in_the_inbox(person, client):
    Preference.objects.create(person=person, kind="news", in_app=False, email="now")
    tell(person)
    client.force_login(person)
    assert "Hasil ada" not in client.get("/pesan/").content.decode()
    assert len(mail.outbox) == 1


def test_letter_has_two_forms_and_one_click(person):
    tell(person, url="/belajar/")
    letter = mail.outbox[0]
    assert letter.subject.startswith("Hasil ada")
    assert letter.to == [person.email]
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.extra_headers["List-Unsubscribe"].startswith("<http")
    assert "/buka/" in letter.body
    html, kind = letter.alternatives[0]
    assert kind == "text/html"
    assert "Bapak/Ibu" in html
    assert "Bapak/Ibu" in letter.body


def test_text_of_others_is_no_markup_in_a_letter(person):
    tell(person, text="<img src=x>", title="a\r\nBcc: b@c.example")
    assert "<img" not in mail.outbox[0].alternatives[0][0]
    assert "\n" not in mail.outbox[0].message()["Subject"]


def test_mandatory_letter_cannot_be_stopped(person):
    tell(person, kind="duty")
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers
    assert not stop_email(person=person, kind="duty")


@time_machine.travel(NIGHT, tick=False)
def test_night_is_quiet_for_kinds_that_can_wait(person):
    tell(person)
    tell(person, kind="quiet", key="dua")
    assert len(mail.outbox) == 1
    assert letters.send_waiting(MORNING - dt.timedelta(seconds=1)) == 0
    assert letters.send_waiting(MORNING) == 1
    assert letters.send_waiting(MORNING) == 0


def test_many_cost_the_same_queries(django_assert_num_queries):
    people = [PersonFactory() for _ in range(30)]
    messages = [Message(person, "k", "news", "Judul") for person in people]
    with django_assert_num_queries(7):  # settings, preferences, known, letters, notices, savepoint ×2
        assert len(notify_many(messages[:2])) == 2
    with django_assert_num_queries(7):
        assert len(notify_many(messages)) == 28


# --- sending survives ------------------------------------------------------------------------------------------------


def waiting(person):
    tell(person)
    mail.outbox.clear()
    Letter.objects.update(state="waiting", attempts=0, claimed_at=None, sent_at=None)
    return Letter.objects.get()


def test_letter_of_a_killed_sender_is_sent_once_more_and_no_third_time(person, monkeypatch):
    letter = waiting(person)

    def killed(*args, **kwargs):
        raise SystemExit

    monkeypatch.setattr(letters.EmailMultiAlternatives, "send", killed)
    now = letter.not_before
    for minutes in (0, 11):
        with pytest.raises(SystemExit):
            letters.send(letter.pk, now=now + dt.timedelta(minutes=minutes))
        assert not letters.send(letter.pk, now=now + dt.timedelta(minutes=minutes + 1))  # somebody may be at it
    assert not letters.send(letter.pk, now=now + dt.timedelta(minutes=30))
    letter.refresh_from_db()
    assert (letter.state, letter.reason) == ("withheld", "killed")


def test_letter_waits_for_the_mail_server(person, monkeypatch):
    letter = waiting(person)
    send = letters.EmailMultiAlternatives.send

    def refuse(*args, **kwargs):
        raise SMTPServerDisconnected

    monkeypatch.setattr(letters.EmailMultiAlternatives, "send", refuse)
    for hour in range(5):
        assert letters.send_waiting(letter.not_before + dt.timedelta(hours=hour)) == 0
    monkeypatch.setattr(letters.EmailMultiAlternatives, "send", send)
    assert letters.send_waiting(letter.not_before + dt.timedelta(hours=6)) == 1


def test_address_taken_away_meanwhile_withholds(person):
    letter = waiting(person)
    type(person).objects.update(email=None)
    assert not letters.send(letter.pk)
    letter.refresh_from_db()
    assert letter.reason == "no_address"


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def reader(client, person):
    client.force_login(person)
    return client


def test_inbox_shows_unread_first_and_counts(reader, person, django_assert_num_queries):
    tell(person, key="lama", title="Sudah")
    Notice.objects.update(read_at=dt.datetime.now(dt.UTC))
    tell(person, key="baru", title="Belum")
    reader.get("/pesan/")
    with django_assert_num_queries(3):  # person with the count, how many, notices
        text = reader.get("/pesan/").content.decode()
    assert text.index("Belum") < text.index("Sudah")
    assert '<b class="num">1' in text
    reader.post("/pesan/dibaca/")
    assert '<b class="num">' not in reader.get("/pesan/").content.decode()


def test_header_costs_no_query(reader, person, django_assert_max_num_queries):
    reader.get("/akun/pemberitahuan/")
    with CaptureQueriesContext(connection) as before:
        reader.get("/akun/pemberitahuan/")
    tell(person)
    with django_assert_max_num_queries(len(before)):
        assert '<b class="num">1' in reader.get("/akun/pemberitahuan/").content.decode()


def test_opening_reads_and_leads_on(reader, person):
    told = tell(person, url="/belajar/")
    assert reader.get(reverse("notifications:open", args=[told.pk])).url == "/belajar/"
    told.refresh_from_db()
    assert told.read_at


def test_row_made_hostile_leads_nowhere(reader, person):
    told = tell(person)
    Notice.objects.update(url="https://jahat.example/")
    assert reader.get(reverse("notifications:open", args=[told.pk])).url == f"/pesan/{told.pk}/"


def test_notice_says_why(reader, person):
    assert "Karena ada kabar." in reader.get(f"/pesan/{tell(person).pk}/").content.decode()


@pytest.mark.parametrize("name", ["notice", "open"])
def test_others_notices_are_not_there(client, person, name):
    told = tell(person)
    client.force_login(PersonFactory())
    address = reverse(f"notifications:{name}", args=[told.pk])
    assert client.get(address).status_code == 404
    client.logout()
    assert client.get(address).url.startswith("/masuk/")
    told.refresh_from_db()
    assert told.read_at is None


def test_choices_are_kept(reader, person):
    form = reader.get("/akun/pemberitahuan/").context["form"]
    assert "duty-app" not in form.fields
    data = {name: form[name].initial for name in form.fields if form[name].initial not in (False, None)}
    data |= {"news-email": "digest", "every": "week", "duty-app": "", "duty-email": "never"}
    del data["news-app"]
    assert reader.post("/akun/pemberitahuan/", data).status_code == 302
    chosen = Preference.objects.get(person=person, kind="news")
    assert (chosen.in_app, chosen.email) == (False, "digest")
    assert not Preference.objects.filter(kind="duty").exists()
    assert DigestChoice.objects.get(person=person).every == "week"


def test_nonsense_is_not_kept(reader):
    assert reader.post("/akun/pemberitahuan/", {"news-email": "x", "every": "y"}).status_code == 200
    assert not Preference.objects.exists()


def stop_address(letter) -> str:
    return "/" + letter.extra_headers["List-Unsubscribe"].strip("<>").split("/", 3)[3]


def test_one_click_stops_for_somebody_who_is_not_signed_in(person):
    tell(person)
    address, client = stop_address(mail.outbox[0]), Client(enforce_csrf_checks=True)
    assert "Hentikan" in client.get(address).content.decode()
    assert not Preference.objects.exists()
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert tell(person, key="dua").letter is None


def test_forged_token_stops_nothing(client, person):
    tell(person)
    address = stop_address(mail.outbox[0])
    for broken in (address[:-3] + "xx/", "/pesan/berhenti/abc/"):
        assert client.post(broken).status_code == 404
    assert not Preference.objects.exists()
