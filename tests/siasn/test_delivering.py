"""Achievements on their way to SIASN, against the stand-in: once, whatever fails, visible, tried again."""

import datetime as dt

import pytest
from django.utils import timezone

from siasn import client, services
from siasn.models import Delivery
from siasn.shown import deliveries_of, error_in_words, proofs_of

from .world import achieved, nip_of, office

pytestmark = pytest.mark.django_db
State = Delivery.State
LATER = dt.timedelta(days=2)


@pytest.fixture
def world(settings, tmp_path, access, stand_in):
    settings.MEDIA_ROOT = tmp_path
    settings.SIASN_BASE_URL, settings.SIASN_TOKEN_URL = access.base_url, access.token_url
    settings.SIASN_CONSUMER_KEY, settings.SIASN_CONSUMER_SECRET = access.consumer_key, access.consumer_secret
    settings.SIASN_SSO_TOKEN, settings.SIASN_TIMEOUT = access.sso_token, access.timeout
    made = office(is_on=True)
    stand_in.people = {nip_of(made["learner"]): "PERSON-1"}
    return made


def only() -> Delivery:
    return Delivery.objects.get()


def test_achievement_is_sent_with_its_certificate_once(world, stand_in):
    row = achieved(world["learner"], minutes=160)
    assert services.send_due() == 1
    assert services.send_due(now=timezone.now() + LATER) == 0
    [(record_id, sent)] = stand_in.courses.items()
    delivery = only()
    assert (delivery.state, delivery.record_id, delivery.hours, delivery.attempts) == (State.SENT, record_id, 3, 1)
    assert sent["jumlahJam"] == 3
    assert sent["nomorSertipikat"] == row.certificate.number
    assert sent["pnsOrangId"] == "PERSON-1"
    assert sent["jenisDiklatId"] == "17"
    assert stand_in.documents[record_id].startswith(b"%PDF-")
    assert deliveries_of([row.pk]) == {row.pk: deliveries_of([row.pk])[row.pk]}
    assert proofs_of([row.pk])[row.pk].number == row.certificate.number


@pytest.mark.parametrize("off", ["platform", "agency", "before"])
def test_nothing_is_sent_while_it_is_off(world, stand_in, settings, off):
    day = dt.date(2025, 12, 31) if off == "before" else dt.date(2026, 5, 2)
    achieved(world["learner"], day=day)
    if off == "platform":
        settings.SIASN_SSO_TOKEN = ""
    if off == "agency":
        world["agency"].siasn_connection.delete()
    assert services.send_due() == 0
    assert not Delivery.objects.exists()
    assert stand_in.calls == []


@pytest.mark.parametrize("failure", ["500", "timeout", "lost"])
def test_unavailable_waits_longer_each_time_and_never_doubles(world, stand_in, failure):
    achieved(world["learner"])
    services.send_due(now=timezone.now())
    Delivery.objects.all().delete()
    stand_in.courses.clear()
    # Past the token and the look-up, in the middle of saving.
    stand_in.failures.extend(["", failure])
    services.send_due()
    delivery = only()
    assert (delivery.state, delivery.error, delivery.attempts) == (State.WAITING, "unavailable", 1)
    assert dt.timedelta(0) < delivery.next_at - timezone.now() <= dt.timedelta(minutes=1)
    assert error_in_words(delivery)
    assert services.send_due() == 0
    assert services.send_due(now=timezone.now() + LATER) == 1
    assert len(stand_in.courses) == len(stand_in.documents.keys() & stand_in.courses.keys()) == 1


def test_killed_between_saving_and_keeping_the_id_is_found_again(world, stand_in, monkeypatch):
    achieved(world["learner"])
    save = client.SiasnClient.save_course

    def killed(self, body):
        save(self, body)
        raise KeyboardInterrupt

    monkeypatch.setattr(client.SiasnClient, "save_course", killed)
    with pytest.raises(KeyboardInterrupt):
        services.send_due()
    monkeypatch.undo()
    assert (only().state, only().record_id) == (State.WAITING, "")
    assert services.send_due() == 0
    assert services.send_due(now=timezone.now() + LATER) == 1
    assert len(stand_in.courses) == 1
    assert only().record_id in stand_in.courses


def test_certificate_that_failed_is_sent_alone(world, stand_in):
    achieved(world["learner"])
    stand_in.failures.extend(["", "", "", "503"])
    services.send_due()
    first = only()
    assert (first.state, bool(first.record_id), first.document_sent_at) == (State.WAITING, True, None)
    assert services.send_due(now=timezone.now() + LATER) == 1
    assert stand_in.calls.count("POST /apisiasn/1.0/kursus/save") == 1


def test_refused_is_shown_and_sent_again_when_asked(world, stand_in):
    achieved(world["learner"])
    stand_in.people = {nip_of(world["learner"]): "SOMEBODY"}
    services.send_due()
    delivery = only()
    assert (delivery.state, delivery.error) == (State.REFUSED, "refused")
    assert "pnsOrangId: tidak ditemukan" in error_in_words(delivery)
    assert services.send_due(now=timezone.now() + LATER) == 0
    stand_in.people = {nip_of(world["learner"]): "PERSON-1"}
    assert services.send_again(delivery=delivery)
    assert services.send_due() == 1
    assert not services.send_again(delivery=only())


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda world: world["learner"].__class__.objects.update(siasn_id=""), "SIASN"),
        (lambda world: world["agency"].__class__.objects.update(siasn_id=""), "SIASN"),
    ],
)
def test_incomplete_is_not_sent_and_says_why(world, stand_in, spoil, said):
    achieved(world["learner"])
    spoil(world)
    services.send_due()
    assert (only().state, only().error) == (State.REFUSED, "incomplete")
    assert said in only().said
    assert stand_in.calls == []


def test_without_a_certificate_nothing_is_sent(world, stand_in):
    achieved(world["learner"], certified=False)
    services.send_due()
    assert (only().state, only().error) == (State.REFUSED, "incomplete")


def test_undone_is_not_sent(world, stand_in):
    row = achieved(world["learner"])
    services.queue_deliveries()
    row.undone_at = timezone.now()
    row.save()
    services.send_due()
    assert (only().state, only().error) == (State.REFUSED, "undone")


@pytest.mark.parametrize(("failure", "error"), [("429", "rate"), ("401", "keys")])
def test_limits_and_wrong_keys_stop_the_turn_and_cost_no_attempt(world, stand_in, failure, error):
    achieved(world["learner"], "Satu")
    achieved(world["learner"], "Dua")
    stand_in.failures.extend([failure, failure, failure])
    services.send_due()
    assert sorted(Delivery.objects.values_list("state", "error", "attempts")) == [
        ("waiting", "", 0), ("waiting", error, 0),
    ]  # fmt: skip
    stand_in.failures.clear()
    assert services.send_due(now=timezone.now() + LATER) == 2


def test_gives_up_after_days_and_says_so(world, stand_in, monkeypatch):
    achieved(world["learner"])
    monkeypatch.setattr(client.SiasnClient, "courses_of", _unavailable)
    now = timezone.now()
    for _turn in range(services.MOST_ATTEMPTS + 3):
        now += LATER
        services.send_due(now=now)
    assert (only().state, only().error, only().attempts) == (State.FAILED, "unavailable", services.MOST_ATTEMPTS)


def _unavailable(self, nip):
    raise client.Unavailable("503")


def test_two_senders_send_once(world, stand_in):
    achieved(world["learner"])
    services.queue_deliveries()
    now = timezone.now()
    assert services._claimed(only().pk, now) is not None
    assert services._claimed(only().pk, now) is None
