"""What waits for a person to mark, whichever app keeps it: each tells of its own, and one queue shows all of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from wagtail.models import Page

from courses.queries import course_titles
from people.models import Person
from people.permissions import NOBODY
from people.visibility import in_agencies

from .models import AgencyMarker


@dataclass(frozen=True)
class WaitingWork:
    """Work at one activity that waits for one marker: how much, since when (the oldest), and where it is marked."""

    kind: str  # what it is, in the reader's words: "quiz", "task"
    title: str
    course: str
    count: int
    oldest_at: dt.datetime
    url: str


WorkSource = Callable[..., Iterable[WaitingWork]]
_sources: list[WorkSource] = []


def register_work(source: WorkSource) -> WorkSource:
    """Have `source(user)` asked what waits for a person's mark; it gives only what that person may mark."""
    _sources.append(source)
    return source


def waiting_work(user) -> list[WaitingWork]:
    """Return everything that waits for a person's mark, the oldest first."""
    return sorted((work for source in _sources for work in source(user)), key=lambda work: work.oldest_at)


def works_at(kind: type[Page], address: str, counts: Iterable[tuple[int, int, dt.datetime]]) -> list[WaitingWork]:
    """Return what waits at the activities of one kind; `address` names the screen where it is marked. Two queries.

    `counts` hold the id of each activity, how much waits there, and since when.
    """
    found = {pk: (count, oldest) for pk, count, oldest in counts}
    pages = list(kind.objects.filter(pk__in=found))
    courses = course_titles(pages)
    name = str(kind._meta.verbose_name)
    return [
        WaitingWork(name, page.title, courses[page.pk], *found[page.pk], reverse(address, args=[page.pk]))
        for page in pages
    ]


def helped_by(user, marker: type[AgencyMarker], activity: str) -> Q:
    """Match the work that a person helps to mark: at each activity that of those who are the agency's people today.

    `activity` is the field that names the activity, in the rows matched as in the markers.
    """
    activities = defaultdict(list)
    for pk, agency in marker.objects.filter(person=user.pk).values_list(activity, "agency"):
        activities[agency].append(pk)
    helped = NOBODY
    for agency, ids in activities.items():
        people = Person.objects.filter(in_agencies([agency]))
        helped |= Q(**{f"{activity}__in": ids}, person__in=people)
    return helped
