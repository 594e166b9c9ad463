"""What organisers may do in the admin with learners' records: those of people of their agencies, and no others."""

from django.db.models import Q
from wagtail.permissions import register_permission_policy

from courses.models import CoursePage
from courses.queries import courses_with_agency
from people.models import Person
from people.permissions import AgencyPolicy, organised_ids, people_in_care
from people.visibility import in_agencies

from .models import Assignment, CourseDecision, Duty, Enrolment, EnrolmentRequest


def enrolments_in_care(user) -> Q:
    return Q(person__in=Person.objects.filter(people_in_care(user)).values("pk"))


def decisions_in_care(user) -> Q:
    return Q(enrolment__person__in=Person.objects.filter(people_in_care(user)).values("pk"))


def assignments_in_care(user) -> Q:
    return Q(agency__in=organised_ids(user))


def duties_in_care(user) -> Q:
    return Q(agency__in=organised_ids(user))


def requests_in_care(user) -> Q:
    """Match what `rules.can_decide_request` lets an organiser decide, decided or not."""
    ids = organised_ids(user)
    of_people = Q(person__in=Person.objects.filter(in_agencies(ids)).values("pk"))
    by_organiser = Q(course__approver=CoursePage.Approver.ORGANISER)
    owned = CoursePage.objects.filter(courses_with_agency()).values("pk")
    ours = CoursePage.objects.filter(courses_with_agency(ids)).values("pk")
    return (of_people & ~(by_organiser & Q(course__in=owned))) | (by_organiser & Q(course__in=ours))


def register() -> None:
    """Register the policies; called once, before the admin asks for them."""
    register_permission_policy(Enrolment, AgencyPolicy(Enrolment, enrolments_in_care))
    register_permission_policy(CourseDecision, AgencyPolicy(CourseDecision, decisions_in_care))
    register_permission_policy(Assignment, AgencyPolicy(Assignment, assignments_in_care))
    register_permission_policy(Duty, AgencyPolicy(Duty, duties_in_care))
    register_permission_policy(EnrolmentRequest, AgencyPolicy(EnrolmentRequest, requests_in_care))
