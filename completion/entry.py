"""Reads of how people come into a course: what somebody sees at its door, who asks to be let in, who may decide."""

from dataclasses import dataclass

from django.db.models import QuerySet

from courses.models import CoursePage
from courses.queries import outline
from people.models import AgencyRole, Person
from people.queries import agency_of
from people.visibility import direct_supervisors

from .models import EnrolmentRequest
from .queries import places_left

Decision = EnrolmentRequest.Decision


@dataclass(frozen=True)
class Entry:
    """The door of a course for somebody who is not in it. `request` is their latest, where they asked."""

    mode: str
    is_full: bool = False
    request: EnrolmentRequest | None = None

    @property
    def is_waiting(self) -> bool:
        return self.request is not None and self.request.decision == Decision.WAITING

    @property
    def was_refused(self) -> bool:
        return self.request is not None and self.request.decision == Decision.REFUSED


def entry_of(person, course: CoursePage) -> Entry:
    """Return what somebody finds at the door of a course; no query where it stands open to as many as wish.

    A preview may show a course that is not saved yet: it has neither places taken nor requests.
    """
    mode = course.enrolment_mode
    if mode == CoursePage.EnrolmentMode.ASSIGNED or course.pk is None:
        return Entry(mode)
    request = None
    if mode == CoursePage.EnrolmentMode.APPROVAL:
        request = EnrolmentRequest.objects.filter(person=person, course=course).order_by("-pk").first()
    return Entry(mode, places_left(course) == 0, request)


def requests_of(person) -> list[EnrolmentRequest]:
    """Return what somebody asks for and nobody has decided yet, with the courses; one query."""
    mine = EnrolmentRequest.objects.filter(person=person, decision=Decision.WAITING)
    return list(mine.select_related("course"))


def requests_to_supervise(sight: QuerySet[Person]) -> QuerySet[EnrolmentRequest]:
    """Return what people in sight ask for that a supervisor decides, the oldest first."""
    waiting = EnrolmentRequest.objects.filter(
        decision=Decision.WAITING,
        course__approver=CoursePage.Approver.SUPERVISOR,
        person__in=sight.order_by().values("pk"),
    )
    return waiting.select_related("person", "course").order_by("asked_at", "pk")


def organising_agency(request: EnrolmentRequest):
    """Return the id of the agency whose organisers decide: of the course, else of the person; None for neither."""
    if request.course.approver == CoursePage.Approver.ORGANISER:
        live = outline(request.course_id)
        if live is not None and live.agency_id is not None:
            return live.agency_id
    agency = agency_of(request.person)
    return agency.pk if agency else None


def deciders_of(request: EnrolmentRequest) -> list[Person]:
    """Return whom to tell of a request: direct supervisors, or organisers where those decide or nobody leads."""
    told = []
    if request.course.approver == CoursePage.Approver.SUPERVISOR:
        told = direct_supervisors(request.person)
    if told:
        return told
    roles = AgencyRole.objects.current().filter(
        agency=organising_agency(request), role=AgencyRole.Role.ORGANISER, person__is_active=True
    )
    return list(Person.objects.filter(pk__in=roles.values("person")).exclude(pk=request.person_id).order_by("pk"))
