"""Reads about people that are more than a line."""

import datetime as dt

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Lower

from .identifiers import looks_like_nip, strip_nip
from .models import Agency, AgencyRole, Employment, Person, Post, Status, Unit


def main_post(person: Person, on: dt.date | None = None) -> Post | None:
    """Return the post that counts the person on a day, with its unit and agency."""
    return person.posts.current(on).filter(is_main=True).select_related("unit__agency").first()


def with_main_posts(posts: str) -> Prefetch:
    """Fetch the main posts of today, with unit and agency, as `main_posts` of the person that `posts` leads to."""
    main = Post.objects.current().filter(is_main=True).select_related("unit__agency")
    return Prefetch(posts, main, to_attr="main_posts")


def main_unit(person: Person, on: dt.date | None = None) -> Unit | None:
    """Return the unit of the main post on a day; None for someone outside any unit."""
    post = main_post(person, on)
    return post.unit if post else None


def agency_of(person: Person, on: dt.date | None = None) -> Agency | None:
    """Return the agency of the main post, else of the employment in force; None for someone in neither."""
    unit = main_unit(person, on)
    if unit:
        return unit.agency
    employment = person.employments.current(on).select_related("agency").first()
    return employment.agency if employment else None


def current_employments(person: Person, on: dt.date | None = None) -> QuerySet[Employment]:
    """Return the employments in force on a day, the newest first."""
    return person.employments.current(on).select_related("agency")


def roles_of(person: Person, on: dt.date | None = None) -> QuerySet[AgencyRole]:
    """Return the roles in force on a day, each with its agency."""
    return person.agency_roles.current(on).select_related("agency").order_by("agency__name", "role")


def left_service(on: dt.date | None = None) -> Q:
    """Match people who are no longer in service on a day; their records stay."""
    return Q(pk__in=Status.objects.current(on).filter(kind=Status.Kind.LEFT).values("person"))


def people_below(unit: Unit, on: dt.date | None = None) -> QuerySet[Person]:
    """Return the people in service whose main post on a day is in a unit or below it."""
    posts = Post.objects.current(on).filter(is_main=True, unit__path__startswith=unit.path)
    return Person.objects.filter(~left_service(on), pk__in=posts.values("person"))


def units_above(person: Person, on: dt.date | None = None) -> set[int]:
    """Return the ids of the units a person has a post in on a day, and of all units those are part of; one query."""
    paths = Post.objects.current(on).filter(person=person).values_list("unit__path", flat=True)
    return {int(part) for path in paths for part in path.split(".") if part}


def people_by_nip(nip: str, on: dt.date | None = None) -> QuerySet[Person]:
    """Return the people whose employment under a NIP is in force on a day: one, unless two dated rows overlap."""
    return Person.objects.filter(employments__in=Employment.objects.current(on).filter(nip=nip)).distinct()


def people_by_email(email: str) -> QuerySet[Person]:
    """Return the one person with an address in whatever case, by the index that makes addresses unique."""
    return Person.objects.alias(lower_email=Lower("email")).filter(lower_email=email.lower())


def person_by_login(login: str) -> Person | None:
    """Find the one person that a NIP in force today, or an e-mail in any case, belongs to."""
    if looks_like_nip(login):
        found = list(people_by_nip(strip_nip(login))[:2])
        return found[0] if len(found) == 1 else None
    return people_by_email(login).first() if "@" in login else None
