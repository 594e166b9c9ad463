"""E-mails: written from what is true when they are sent, in the person's language, with a way to stop where allowed.

A letter is claimed before it is sent. One whose sender was killed in between is sent a second time and never a third:
once too often is better than never. One that the mail server refused waits for the next round.
"""

import datetime as dt
import logging
from dataclasses import dataclass
from urllib.parse import urljoin

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from people.models import Person

from .kinds import kind_of
from .models import Letter, Notice
from .queries import still_holding

logger = logging.getLogger(__name__)

SALT = "notifications.stop"
CLAIM = dt.timedelta(minutes=10)  # a sender that is silent for so long was killed
ATTEMPTS = 2
AGAIN = dt.timedelta(minutes=15)
GIVEN_UP = dt.timedelta(days=3)
BATCH = 100
SHOWN_IN_DIGEST = 20


@dataclass(frozen=True)
class Nothing:
    """A letter that is not sent, and why: `read`, `done`, `no_address`, `left`."""

    reason: str


# --- sending ---------------------------------------------------------------------------------------------------------


def send_waiting(now: dt.datetime | None = None) -> int:
    """Send every letter whose time has come, over one connection; return how many were sent."""
    now = now or timezone.now()
    sent = last = 0
    connection = get_connection()
    while ids := list(_ready(now).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        sent += sum(send(pk, now=now, connection=connection) for pk in ids)
        last = ids[-1]
    connection.close()
    return sent


def _ready(now: dt.datetime):
    waiting = Q(state=Letter.State.WAITING, not_before__lte=now)
    left_behind = Q(state=Letter.State.SENDING, claimed_at__lte=now - CLAIM)
    return Letter.objects.filter(waiting | left_behind)


def send(letter_id: int, *, now: dt.datetime | None = None, connection=None) -> bool:
    """Send one letter whose time has come; return whether it went. Whoever claims it first is its only sender."""
    now = now or timezone.now()
    mine = Letter.objects.filter(pk=letter_id)
    claimed = _ready(now).filter(pk=letter_id, attempts__lt=ATTEMPTS)
    if not claimed.update(state=Letter.State.SENDING, claimed_at=now, attempts=F("attempts") + 1):
        killed = _ready(now).filter(pk=letter_id, attempts__gte=ATTEMPTS)
        killed.update(state=Letter.State.WITHHELD, reason="killed")
        return False
    letter = mine.select_related("person").get()
    written = write(letter, now=now)
    if isinstance(written, Nothing):
        mine.update(state=Letter.State.WITHHELD, reason=written.reason)
        return False
    written.connection = connection
    try:
        written.send()
    except OSError:  # also what smtplib raises
        logger.exception("A letter could not be sent", extra={"letter": letter_id})
        _put_back(letter, now)
        return False
    mine.update(state=Letter.State.SENT, sent_at=timezone.now())
    return True


def _put_back(letter: Letter, now: dt.datetime) -> None:
    """Let a letter that the mail server did not take wait, or give it up after days."""
    row = Letter.objects.filter(pk=letter.pk)
    if now - letter.made_at > GIVEN_UP:
        row.update(state=Letter.State.WITHHELD, reason="no_server")
    else:
        row.update(state=Letter.State.WAITING, attempts=F("attempts") - 1, not_before=now + AGAIN)


# --- writing ---------------------------------------------------------------------------------------------------------


def write(letter: Letter, *, now: dt.datetime) -> EmailMultiAlternatives | Nothing:
    """Write a letter from its notices that still hold, or say why there is none to send."""
    person = letter.person
    if not person.is_active:
        return Nothing("left")
    if not person.email:
        return Nothing("no_address")
    notices = list(letter.notices.order_by("made_at", "pk"))
    holding = still_holding(notices, now)
    if letter.kind == Letter.DIGEST:
        holding = [notice for notice in holding if notice.read_at is None]
    if not holding:
        return Nothing("done" if any(notice.read_at is None for notice in notices) else "read")
    with translation.override(person.language), timezone.override(person.time_zone):
        return _message(letter, person, holding)


def _message(letter: Letter, person: Person, notices: list[Notice]) -> EmailMultiAlternatives:
    is_digest = letter.kind == Letter.DIGEST
    stop = "" if kind_of(letter.kind).is_mandatory else absolute(stop_path(person, letter.kind))
    context = {
        "person": person,
        "notices": [(notice, absolute(_way(notice))) for notice in notices[:SHOWN_IN_DIGEST]],
        "more": max(len(notices) - SHOWN_IN_DIGEST, 0),
        "inbox": absolute(reverse("notifications:inbox")),
        "preferences": absolute(reverse("notifications:preferences")),
        "stop": stop,
        "why": "" if is_digest else kind_of(letter.kind).why,
        "site": settings.WAGTAIL_SITE_NAME,
        "language": person.language,
    }
    name = "digest" if is_digest else "notice"
    message = EmailMultiAlternatives(
        subject=f"{_subject(notices, is_digest)} – {settings.WAGTAIL_SITE_NAME}".replace("\n", " "),
        body=render_to_string(f"notifications/emails/{name}.txt", context),
        to=[person.email],
        headers={"Auto-Submitted": "auto-generated", **_stop_headers(stop)},
    )
    message.attach_alternative(render_to_string(f"notifications/emails/{name}.html", context), "text/html")
    return message


def _subject(notices: list[Notice], is_digest: bool) -> str:
    if not is_digest:
        return " ".join(notices[0].title.split())
    count = len(notices)
    return ngettext("%(count)d notice for you", "%(count)d notices for you", count) % {"count": count}


def _stop_headers(stop: str) -> dict[str, str]:
    """RFC 8058: a mail program stops with one POST, without a visit."""
    return {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if stop else {}


def _way(notice: Notice) -> str:
    return reverse("notifications:open", args=[notice.pk])


def absolute(path: str) -> str:
    return urljoin(settings.WAGTAILADMIN_BASE_URL, path)


# --- stopping --------------------------------------------------------------------------------------------------------


def stop_path(person: Person, kind: str) -> str:
    """Return where the e-mails of a kind are stopped, also by somebody who is not signed in: the token says who."""
    return reverse("notifications:stop", args=[signing.dumps([person.key, kind], salt=SALT)])


def read_stop_token(token: str) -> tuple[Person, str] | None:
    """Return whose e-mails of which kind a token stops; None for one that we did not sign. It does not run out."""
    try:
        key, kind = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    person = Person.objects.filter(key=key).first()
    return (person, kind) if person else None
