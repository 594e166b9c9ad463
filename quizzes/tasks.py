"""Background work about quizzes: primary keys in, one call out."""

from django_tasks import task

from .models import Attempt, QuizPage, Regrade


@task()
def tell_result(attempt_id: int, changed: bool = False) -> None:
    """Tell a learner that the result of an attempt is there, or has changed."""
    from . import letters

    letters.send_result(_attempt(attempt_id), changed=changed)


@task()
def tell_late_decision(attempt_id: int) -> None:
    """Tell a learner that staff have decided about answers that came late."""
    from . import letters

    letters.send_late_decision(_attempt(attempt_id))


@task()
def compute_figures(quiz_id: int, choice: str) -> None:
    """Compute the statistics of a quiz from the attempts of a choice."""
    from . import figures

    figures.compute_and_keep(QuizPage.objects.get(pk=quiz_id), choice)


@task()
def plan_regrade(quiz_id: int, question_id: int | None, person_id: int) -> dict:
    """Work out a regrade without doing it; the plan is the task's result, with the attempts in the person's care."""
    from people.models import Person

    from .services.regrading import plan_for

    return plan_for(Person.objects.get(pk=person_id), QuizPage.objects.get(pk=quiz_id), question_id).as_dict()


@task()
def regrade(regrade_id: int, keys: list[list[int]], attempts: int) -> None:
    """Carry out a regrade of about so many attempts."""
    from .services.regrading import carry_out

    carry_out(Regrade.objects.get(pk=regrade_id), dict(keys))


def _attempt(attempt_id: int) -> Attempt:
    return Attempt.objects.select_related("person", "quiz").get(pk=attempt_id)
