"""Who of the staff may do what with handed-in work; every staff screen asks here. What one may not see is 404.

Organisers have the work of the people in their care, whoever's task it is; markers that of one agency's people at one
task. Nobody marks their own work. Supervisors and learners have no door here; the owner's own pages are in `views`.
"""

from django.db.models import Q, QuerySet

from completion.marking import helped_by
from courses.queries import activities_open_to_agencies
from people.permissions import NOBODY, organised_ids, organises, person_cared_for

from .models import Marker, Submission, SubmissionPage


def work_in_care(user) -> QuerySet[Submission]:
    """Return what the people in an organiser's care handed in, at any task; drafts are nobody's but the learner's."""
    return _handed_in().filter(person_cared_for(user))


def work_to_mark(user) -> QuerySet[Submission]:
    """Return the handed-in work that a person may mark: in care or helped with, never one's own."""
    return _handed_in().filter(person_cared_for(user) | helped_by(user, Marker, "page")).exclude(person=user.pk)


def tasks_of_staff(user) -> QuerySet[SubmissionPage]:
    """Return the tasks that say something to a person: with people in care who may do them, or to mark."""
    if user.is_superuser:
        return SubmissionPage.objects.all()
    return SubmissionPage.objects.filter(
        _organised(user) | Q(pk__in=Marker.objects.filter(person=user.pk).values("page"))
    )


def works_with_tasks(user) -> bool:
    """Say whether the menu shows tasks to a person."""
    return organises(user) or tasks_of_staff(user).exists()


def may_organise(user, page: SubmissionPage) -> bool:
    """Say whether people in the person's care do the task, or could."""
    return user.is_superuser or SubmissionPage.objects.filter(_organised(user), pk=page.pk).exists()


def may_mark(user, page: SubmissionPage) -> bool:
    """Say whether there may be work at the task for a person to mark."""
    return may_organise(user, page) or page.markers.filter(person=user.pk).exists()


def _handed_in() -> QuerySet[Submission]:
    return Submission.objects.exclude(state=Submission.State.DRAFT)


def _organised(user) -> Q:
    """Match the tasks that an organiser's people may open, or have work at."""
    ids = organised_ids(user)
    if not ids:
        return NOBODY
    return activities_open_to_agencies(ids) | Q(pk__in=work_in_care(user).values("page"))
