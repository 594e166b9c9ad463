"""Every write of this app: switching on, queueing, sending, sending again.

A delivery is sent in two steps, each kept at once. Whatever kills the sender in between, the next attempt first asks
SIASN whether it has a course with this certificate number, so nothing is there twice.
"""

import datetime as dt
import logging
import time
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from people.models import Agency, Person

from . import client, mapping
from .models import Connection, Delivery
from .records import Prepared, exportable, prepare

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=10)  # a sender that is silent for so long was killed
WAITS = (1, 5, 15, 60, 180, 360, 720, 1440)  # minutes after the first, second, … failure
MOST_ATTEMPTS = len(WAITS) + 2  # some three days
BATCH = 100
SECONDS = 120  # of one turn of the clock
AUTH_WAIT = dt.timedelta(minutes=30)


def is_configured() -> bool:
    """Say whether the platform has what opens SIASN's service."""
    return all(
        (settings.SIASN_BASE_URL, settings.SIASN_TOKEN_URL, settings.SIASN_CONSUMER_KEY, settings.SIASN_SSO_TOKEN)
    )


def siasn_client() -> client.SiasnClient:
    """Return the client of this process, with its token."""
    return _client(
        client.Access(
            base_url=settings.SIASN_BASE_URL,
            token_url=settings.SIASN_TOKEN_URL,
            consumer_key=settings.SIASN_CONSUMER_KEY,
            consumer_secret=settings.SIASN_CONSUMER_SECRET,
            sso_token=settings.SIASN_SSO_TOKEN,
            timeout=settings.SIASN_TIMEOUT,
        )
    )


@lru_cache(maxsize=1)
def _client(access: client.Access) -> client.SiasnClient:
    return client.SiasnClient(access)


def switch(*, agency: Agency, is_on: bool, basis: str, since: dt.date, by: Person) -> Connection:
    """Keep whether and how an agency sends."""
    told = {"is_on": is_on, "basis": basis, "since": since, "changed_by": by}
    return Connection.objects.update_or_create(agency=agency, defaults=told)[0]


# --- queueing --------------------------------------------------------------------------------------------------------


def queue_deliveries() -> int:
    """Queue what has been achieved since an agency switched on, once each; return how many are new."""
    if not is_configured():
        return 0
    new = 0
    for connection in Connection.objects.filter(is_on=True).select_related("agency"):
        rows = exportable(connection.agency, first=connection.since).filter(siasn_delivery__isnull=True)
        for ids in _batches(list(rows.values_list("pk", flat=True))):
            made = [Delivery(achievement_id=pk, agency=connection.agency) for pk in ids]
            Delivery.objects.bulk_create(made, ignore_conflicts=True)
            new += len(made)
    return new


def _batches(ids: list[int], size: int = 500) -> list[list[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


# --- sending ---------------------------------------------------------------------------------------------------------


def send_due(*, now: dt.datetime | None = None) -> int:
    """Send what is due, the oldest first, for two minutes at most; return how many SIASN now has.

    When SIASN asks for fewer calls, does not answer or does not accept the keys, the rest waits for the next turn.
    """
    if not is_configured():
        return 0
    queue_deliveries()
    now = now or timezone.now()
    ends = time.monotonic() + SECONDS
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now, agency__siasn_connection__is_on=True)
    sent = 0
    for pk in list(due.order_by("next_at", "pk").values_list("pk", flat=True)[:BATCH]):
        if time.monotonic() > ends:
            break
        delivery = _claimed(pk, now)
        if delivery is None:
            continue
        try:
            send(delivery=delivery)
        except client.Refused:
            continue
        except client.SiasnError:
            break
        sent += delivery.state == Delivery.State.SENT
    return sent


def _claimed(pk: int, now: dt.datetime) -> Delivery | None:
    """Take one delivery; None where another sender was quicker."""
    row = Delivery.objects.filter(pk=pk, state=Delivery.State.WAITING, next_at__lte=now)
    if not row.update(next_at=now + LEASE):
        return None
    return Delivery.objects.select_related("achievement__person", "agency__siasn_connection").get(pk=pk)


def send(*, delivery: Delivery) -> None:
    """Send a claimed delivery as far as it goes and keep what came of it; errors of SIASN are raised after that."""
    achievement = delivery.achievement
    delivery.attempts += 1
    if achievement.undone_at is not None:
        _end(delivery, Delivery.State.REFUSED, "undone")
        return
    [prepared] = prepare([achievement], agency=delivery.agency, basis=delivery.agency.siasn_connection.basis)
    with translation.override("id"):
        problems = prepared.problems
    if problems:
        _end(delivery, Delivery.State.REFUSED, "incomplete", "; ".join(problems))
        return
    try:
        _save_course(delivery, prepared)
        _save_document(delivery, prepared)
    except client.SiasnError as error:
        _failed(delivery, error)
        raise
    except (OSError, LookupError) as error:
        logger.exception("The certificate of delivery %d cannot be read", delivery.pk)
        _end(delivery, Delivery.State.FAILED, "document", str(error)[:400])
    else:
        _end(delivery, Delivery.State.SENT, "")


def _save_course(delivery: Delivery, prepared: Prepared) -> None:
    """Make sure that SIASN has the course, and keep its id at once."""
    if delivery.record_id:
        return
    service = siasn_client()
    record_id = mapping.find_number(service.courses_of(prepared.nip), prepared.record.number)
    if not record_id:
        record_id = service.save_course(mapping.to_write(prepared.record))
    delivery.record_id, delivery.sent_at, delivery.hours = record_id[:64], timezone.now(), prepared.record.hours
    delivery.save(update_fields=["record_id", "sent_at", "hours"])


def _save_document(delivery: Delivery, prepared: Prepared) -> None:
    """Make sure that SIASN has the certificate. Sent twice, the second takes the place of the first."""
    if delivery.document_sent_at is not None:
        return
    name = f"{prepared.record.number}.pdf".replace("/", "-")
    siasn_client().upload_certificate(record_id=delivery.record_id, pdf=prepared.pdf(), name=name)
    delivery.document_sent_at = timezone.now()
    delivery.save(update_fields=["document_sent_at"])


def _failed(delivery: Delivery, error: client.SiasnError) -> None:
    """Keep what failed and when to try again: never what was refused, always what could not be asked."""
    now, said = timezone.now(), str(error)[:400]
    if isinstance(error, client.Refused):
        _end(delivery, Delivery.State.REFUSED, "refused", said)
        return
    if isinstance(error, client.NotAuthorised):
        kind, next_at = "keys", now + AUTH_WAIT
        delivery.attempts -= 1  # nothing is wrong with this one
    elif isinstance(error, client.RateLimited):
        kind, next_at = "rate", now + dt.timedelta(seconds=max(error.retry_after, 30))
        delivery.attempts -= 1
    else:
        kind = "unavailable"
        next_at = now + dt.timedelta(minutes=WAITS[min(delivery.attempts, len(WAITS)) - 1])
    if delivery.attempts >= MOST_ATTEMPTS:
        _end(delivery, Delivery.State.FAILED, kind, said)
        return
    delivery.state, delivery.next_at, delivery.error, delivery.said = Delivery.State.WAITING, next_at, kind, said
    delivery.save(update_fields=["state", "next_at", "error", "said", "attempts"])


def _end(delivery: Delivery, state: str, error: str, said: str = "") -> None:
    delivery.state, delivery.error, delivery.said = state, error, said[:400]
    delivery.save(update_fields=["state", "error", "said", "attempts"])


@transaction.atomic
def send_again(*, delivery: Delivery) -> bool:
    """Queue anew what failed, was refused or waits; False for what SIASN has."""
    rows = Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.SENT)
    return bool(rows.update(state=Delivery.State.WAITING, next_at=timezone.now(), attempts=0, error="", said=""))
