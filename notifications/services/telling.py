"""Every write of this app: telling people, marking as read, choosing, stopping."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import Truncator

from people.models import Person

from ..kinds import NoticeKind, get_kind
from ..models import DigestChoice, Letter, MessageSettings, Notice, Preference
from ..planning import Quiet, next_allowed
from ..queries import message_settings, preferences_of
from ..tasks import send_letter

Email = Preference.Email


@dataclass(frozen=True)
class Message:
    """What one person is to be told; `title` and `text` in the person's language, `url` a path of this site.

    `email` can only take away: False never sends one, DIGEST puts it off to the digest.
    """

    person: Person
    key: str
    kind: str
    title: str
    text: str = ""
    url: str = ""
    email: str | bool = True
    enrolment_id: int | None = None


def notify(
    *,
    person: Person,
    kind: str,
    key: str,
    title: str,
    text: str = "",
    url: str = "",
    email: bool = True,
    enrolment=None,
) -> Notice | None:
    """Tell a person something, once under each key: in the site, and by e-mail as the person chose.

    Return the notice; None where it had been told, where the person may not sign in, or wants nothing of this kind.
    The caller renders title and text in the person's language. Raise LookupError for a kind that is not registered,
    ValueError for a `url` that is no path of this site.
    """
    message = Message(person, key, kind, title, text, url, email, enrolment.pk if enrolment else None)
    return next(iter(notify_many([message])), None)


def notify_many(messages: Iterable[Message], *, now: dt.datetime | None = None) -> list[Notice]:
    """Tell many people at a time, as `notify` does; queries do not grow with their number. Return what is new.

    A single letter is sent at once; many, and those of a job that names its `now`, go with the next round of letters.
    """
    at_once, now = now is None, now or timezone.now()
    asked = [_checked(message) for message in messages if message.person.is_active]
    if not asked:
        return []
    try:
        with transaction.atomic():
            made = _tell(asked, now)
    except IntegrityError:  # somebody told one of them in this moment
        with transaction.atomic():
            made = _tell(asked, now)
    if at_once and len(made) == 1 and made[0].letter and made[0].letter.not_before <= now:
        send_letter.enqueue(made[0].letter.pk)  # the others go with the next round
    return made


def _checked(message: Message) -> Message:
    get_kind(message.kind)
    if not message.key or len(message.key) > 150:
        raise ValueError("a notice needs a key of at most 150 characters")
    if message.url and not is_own_path(message.url):
        raise ValueError(f"{message.url!r} is no path of this site")
    return message


def is_own_path(url: str) -> bool:
    """Say whether an address leads nowhere but into this site."""
    return url.startswith("/") and len(url) <= 300 and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def _tell(messages: list[Message], now: dt.datetime) -> list[Notice]:
    settings = message_settings()
    chosen = preferences_of({message.person.pk for message in messages}, {message.kind for message in messages})
    known = Notice.objects.filter(
        person__in={message.person.pk for message in messages}, key__in={message.key for message in messages}
    )
    told = set(known.values_list("person", "key"))
    notices, letters = [], []
    for message in messages:
        identity = (message.person.pk, message.key)
        wants = wish(get_kind(message.kind), chosen.get((message.person.pk, message.kind)))
        how = _least(wants.email, message)
        if identity in told or not (wants.in_app or how != Email.NEVER):
            continue
        told.add(identity)
        notice = _notice(message, wants.in_app, how, now)
        if how == Email.NOW:
            notice.letter = _letter(message, settings, now)
            letters.append(notice.letter)
        notices.append(notice)
    Letter.objects.bulk_create(letters)
    Notice.objects.bulk_create(notices)
    return notices


def wish(kind: NoticeKind, row: Preference | None) -> Preference:
    """Return how a person wants a kind: by their row, else as the kind says; a mandatory one always in the site."""
    usual = Preference(kind=kind.name, in_app=True, email=Email.NOW if kind.email else Email.NEVER)
    return usual if row is None or kind.is_mandatory else row


def _least(wanted: str, message: Message) -> str:
    """Return how the e-mail goes: as wanted, or less where the caller or a missing address says so."""
    if not message.email or not message.person.email:
        return Email.NEVER
    if message.email == Email.DIGEST and wanted == Email.NOW:
        return Email.DIGEST
    return wanted


def _notice(message: Message, in_app: bool, how: str, now: dt.datetime) -> Notice:
    return Notice(
        person=message.person,
        key=message.key,
        kind=message.kind,
        title=Truncator(message.title.strip()).chars(200),
        text=message.text.strip(),
        url=message.url,
        enrolment_id=message.enrolment_id,
        is_shown=in_app,
        in_digest=how == Email.DIGEST,
        made_at=now,
    )


def _letter(message: Message, settings: MessageSettings, now: dt.datetime) -> Letter:
    quiet = Quiet(settings.quiet_from, settings.quiet_until)
    waits = get_kind(message.kind).waits_at_night
    not_before = next_allowed(now, message.person.time_zone, quiet) if waits else now
    return Letter(person=message.person, kind=message.kind, made_at=now, not_before=not_before)


# --- reading ---------------------------------------------------------------------------------------------------------


def mark_read(*, notice: Notice) -> None:
    """Note that a person has opened a notice; the first time counts."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=timezone.now())


def mark_all_read(*, person: Person) -> int:
    """Note that a person has seen all there is; return how many that were."""
    return Notice.objects.filter(person=person, read_at__isnull=True, is_shown=True).update(read_at=timezone.now())


# --- choosing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def choose(*, person: Person, wishes: Mapping[str, tuple[bool, str]], every: str) -> None:
    """Keep how a person wants each kind, `{kind: (in the site, e-mail)}`, and the digest. Mandatory kinds stay."""
    for name, (in_app, email) in wishes.items():
        if not get_kind(name).is_mandatory:
            Preference.objects.update_or_create(
                person=person, kind=name, defaults={"in_app": in_app, "email": Email(email)}
            )
    DigestChoice.objects.update_or_create(person=person, defaults={"every": DigestChoice.Every(every)})


@transaction.atomic
def stop_email(*, person: Person, kind: str) -> bool:
    """Stop the e-mails of a kind, or the digest; in the site they stay. Return whether that is allowed."""
    if kind == Letter.DIGEST:
        DigestChoice.objects.update_or_create(person=person, defaults={"every": DigestChoice.Every.NEVER})
        return True
    try:
        registered = get_kind(kind)
    except LookupError:
        return False
    if registered.is_mandatory:
        return False
    Preference.objects.update_or_create(person=person, kind=kind, defaults={"email": Email.NEVER})
    return True
