"""Who of the staff may do what with quizzes and attempts; every staff screen asks here. What one may not see is 404.

Organisers have the attempts of the people in their care, whoever's quiz it is; markers those of one agency's people at
one quiz; authors the quizzes they may edit, without anybody's name. Trials are nobody's.
"""

from django.db.models import Q, QuerySet
from wagtail.models import Page
from wagtail.permissions import policy_registry

from completion.marking import helped_by
from courses.models import ShelfPage
from courses.queries import activities_open_to_agencies
from people.permissions import NOBODY, organised_ids, organises, person_cared_for

from .models import Attempt, Marker, QuizPage

# --- attempts ---------------------------------------------------------------------------------------------------------


def attempts_in_care(user) -> QuerySet[Attempt]:
    """Return the learners' attempts, at any quiz, of the people in an organiser's care."""
    return _learners_attempts().filter(person_cared_for(user))


def attempts_to_mark(user) -> QuerySet[Attempt]:
    """Return the attempts whose answers a person may mark, and whose late answers: those in care, never one's own.

    Whoever helps to mark a quiz has the attempts at it of those who are their agency's people today.
    """
    return _learners_attempts().filter(person_cared_for(user) | helped_by(user, Marker, "quiz")).exclude(person=user.pk)


def _learners_attempts() -> QuerySet[Attempt]:
    return Attempt.objects.filter(enrolment__isnull=False)


# --- quizzes ----------------------------------------------------------------------------------------------------------


def quizzes_of_staff(user) -> QuerySet[QuizPage]:
    """Return the quizzes that say something to a person: to edit, to organise, with attempts in care, or to mark."""
    if user.is_superuser:
        return QuizPage.objects.all()
    return QuizPage.objects.filter(
        _editable(user) | _organised(user) | Q(pk__in=Marker.objects.filter(person=user.pk).values("quiz"))
    )


def works_with_quizzes(user) -> bool:
    """Say whether the menu shows quizzes to a person."""
    return organises(user) or quizzes_of_staff(user).exists()


def may_edit(user, quiz: QuizPage) -> bool:
    """Say whether a person may edit the quiz's page."""
    return quiz.permissions_for_user(user).can_edit()


def may_organise(user, quiz: QuizPage) -> bool:
    """Say whether people in the person's care take the quiz, or could: exceptions, markers and attempts are theirs."""
    return user.is_superuser or QuizPage.objects.filter(_organised(user), pk=quiz.pk).exists()


def may_mark(user, quiz: QuizPage) -> bool:
    """Say whether there may be answers at the quiz for a person to mark."""
    return may_organise(user, quiz) or quiz.markers.filter(person=user.pk).exists()


def may_see_figures(user, quiz: QuizPage) -> bool:
    """Say whether a person may see how the questions do: authors and organisers; there are no names in it."""
    return may_edit(user, quiz) or may_organise(user, quiz)


def may_regrade(user, quiz: QuizPage) -> bool:
    """Say whether a person may change everybody's marks: who organises the agency that owns the quiz's shelf."""
    if user.is_superuser:
        return True
    ids = organised_ids(user)
    return bool(ids) and ShelfPage.objects.filter(path=quiz.path[: -3 * Page.steplen], agency__in=ids).exists()


def _editable(user) -> Q:
    own = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "change")
    return Q(pk__in=own.values("pk"))


def _organised(user) -> Q:
    """Match the quizzes that an organiser's people may open, or have attempts at."""
    ids = organised_ids(user)
    if not ids:
        return NOBODY
    return activities_open_to_agencies(ids) | Q(pk__in=attempts_in_care(user).values("quiz"))
