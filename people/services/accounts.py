"""People, their appointments and whether they count."""

import datetime as dt
from functools import partial

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import Agency, AgencyRole, Employment, Person, Post, Status
from ..queries import people_by_email
from ..signals import service_changed
from ..validators import clean_nip
from ..visibility import forget_navigation
from .dates import ONE_DAY, end, overlapping, require_order
from .posts import announce
from .roles import sync_groups

LOOK_BACK = dt.timedelta(days=7)


@transaction.atomic
def create_person(
    *, name: str, email: str | None = None, password: str | None = None, counted_from: dt.date | None = None, **fields
) -> Person:
    """Make a person, counted from a day (today when none is given); without a password nobody can sign in as them."""
    email = (email or "").strip().lower() or None
    require_free_email(email)
    person = Person(name=" ".join(name.split()), email=email, **fields)
    person.set_password(password)
    person.full_clean(exclude=["password"])
    person.save()
    since = counted_from or timezone.localdate()
    Status.objects.create(person=person, kind=Status.Kind.COUNTED, valid_from=since)
    return person


def require_free_email(email: str | None, person: Person | None = None) -> None:
    """Raise ValidationError when another person has the address, in whatever case."""
    if not email:
        return
    holders = people_by_email(email)
    if (holders.exclude(pk=person.pk) if person else holders).exists():
        raise ValidationError({"email": _("Another person has this e-mail address.")})


@transaction.atomic
def follow_email(*, person: Person) -> None:
    """Make the record of allauth, by which a person changes the address, say what the person's row says.

    Without it a change that was only asked for takes the old address away: it was never confirmed there."""
    email = person.email or ""
    others = EmailAddress.objects.filter(email=email).exclude(user=person)
    former = EmailAddress.objects.filter(Q(verified=True) | Q(primary=True), user=person).exclude(email=email)
    (others | former).delete()
    if email:
        confirmed = {"verified": True, "primary": True}
        EmailAddress.objects.update_or_create(user=person, email=email, defaults=confirmed)


@transaction.atomic
def employ(
    *,
    person: Person,
    agency: Agency,
    kind: str,
    nip: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    grade: str = "",
    contract_from: dt.date | None = None,
    contract_to: dt.date | None = None,
) -> Employment:
    """Record an appointment under a NIP. An open one must have ended before: a NIP belongs to one person at a time."""
    nip = clean_nip(nip)
    require_order(valid_from, valid_to)
    if kind == Employment.Kind.PNS and (contract_from or contract_to):
        raise ValidationError({"contract_from": _("Only a PPPK has a contract. Leave the contract dates empty.")})
    if Employment.objects.filter(overlapping(valid_from, valid_to), nip=nip).exists():
        raise ValidationError({"nip": _("This NIP is already in force in these days. End that employment first.")})
    employment = Employment(
        person=person,
        agency=agency,
        kind=kind,
        nip=nip,
        grade=grade,
        valid_from=valid_from,
        valid_to=valid_to,
        contract_from=contract_from,
        contract_to=contract_to,
    )
    employment.full_clean()
    employment.save()
    announce_service(person.pk)
    return employment


def announce_service(person_id: int) -> None:
    """Tell the apps above, on commit, that an employment or a status of a person changed."""
    transaction.on_commit(partial(service_changed.send, sender=Employment, person_id=person_id))


@transaction.atomic
def change_status(*, person: Person, kind: str, on: dt.date) -> Status:
    """Begin a status on a day; the one before ends the day before. Who leaves loses posts, roles and sign-in."""
    latest = person.statuses.order_by("-valid_from").first()
    if latest and latest.valid_from > on:
        raise ValidationError({"on": _("A later status is recorded already. Choose a day after it began.")})
    if latest and latest.valid_to is None:
        end(latest, on - ONE_DAY)
    status = Status.objects.create(person=person, kind=kind, valid_from=on)
    if kind == Status.Kind.LEFT:
        _end_everything(person, on - ONE_DAY)
    if latest and latest.kind == Status.Kind.LEFT and on <= timezone.localdate():
        person.is_active = True
        person.save(update_fields=["is_active"])
    bring_up_to_date(person)
    announce_service(person.pk)
    return status


def _end_everything(person: Person, last_day: dt.date) -> None:
    later = overlapping(last_day + ONE_DAY, None)
    rows = [
        *person.posts.filter(later),
        *person.employments.filter(later),
        *person.agency_roles.filter(later),
        *person.delegations.filter(later),
        *person.delegated.filter(later),
        *person.overriding.filter(later),
    ]
    for row in rows:
        end(row, last_day)


def bring_up_to_date(person: Person) -> None:
    """Make account and groups say what the dated rows say today: who left cannot sign in, who returns today can."""
    left = person.statuses.current().filter(kind=Status.Kind.LEFT).exists()
    yesterday = timezone.localdate() - ONE_DAY
    returns = not left and person.statuses.filter(kind=Status.Kind.LEFT, valid_to=yesterday).exists()
    if (left and person.is_active) or (returns and not person.is_active):
        person.is_active = not left
        person.save(update_fields=["is_active"])
    sync_groups(person)
    forget_navigation(person)


def keep_up() -> int:
    """Follow the dates that passed in the last days, for the daily clock; return how many people were looked at.

    A week is looked back on, so that a clock that stood still for some days misses nothing; twice is once."""
    today = timezone.localdate()
    days = (today - LOOK_BACK, today)
    turned = Q(valid_from__range=days) | Q(valid_to__range=(days[0] - ONE_DAY, today - ONE_DAY))
    people = Person.objects.filter(
        Q(pk__in=Status.objects.filter(turned).values("person"))
        | Q(pk__in=AgencyRole.objects.filter(turned).values("person"))
    )
    for person in people:
        with transaction.atomic():
            bring_up_to_date(person)
    served = Employment.objects.filter(turned).values_list("person", flat=True)
    for person_id in set(served.order_by()) | {person.pk for person in people}:
        announce_service(person_id)
    for post in Post.objects.current().filter(is_main=True, valid_from__range=days).select_related("person"):
        announce(post)
    return len(people)
