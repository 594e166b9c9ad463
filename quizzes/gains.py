"""What a course added: how the same learners did in its pretest and then in another of its quizzes.

The first attempt of each counts on both sides, from the first time they took the course: a second attempt is also
practice with the quiz itself, and whoever comes again knows the course. Means are enough here; nobody is named.
"""

from dataclasses import dataclass

from django.db.models import Avg, Count, F, FloatField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from questions.kinds import all_kinds

from .figures import counted_attempts
from .models import Attempt, QuizPage, QuizSlot


@dataclass(frozen=True)
class Gain:
    """Mean marks before and after, shares from 0 to 1, of the learners who took both; `rose` of them did better."""

    pretest: QuizPage
    learners: int
    rose: int
    before: float
    after: float

    @property
    def normalised(self) -> float | None:
        """Return the part of what the pretest left to learn that was learned, below 0 for a loss; None if it left none.

        The class-average normalised gain ⟨g⟩ of R. R. Hake, Interactive-engagement versus traditional methods, American
        Journal of Physics 66 (1998), 64-74.
        """
        return None if self.before >= 1 else (self.after - self.before) / (1 - self.before)


def gain_of(quiz: QuizPage) -> Gain | None:
    """Return what the learners of a quiz gained since the pretest of its course; None where nobody has taken both."""
    pretest = pretest_of(quiz)
    if pretest is None:
        return None
    before = _first_marks(pretest).filter(enrolment=OuterRef("enrolment"))
    both = _first_marks(quiz).annotate(before=Subquery(before.values("mark"))).filter(before__isnull=False)
    told = both.aggregate(
        learners=Count("pk"), rose=Count("pk", filter=Q(mark__gt=F("before"))), now=Avg("mark"), then=Avg("before")
    )
    if not told["learners"]:
        return None
    return Gain(pretest, told["learners"], told["rose"], before=told["then"], after=told["now"])


def pretest_of(quiz: QuizPage) -> QuizPage | None:
    """Return the first live quiz of the course that only practises (pass mark 0), where it comes before this one.

    Both must ask for more than opinions: a survey has a pass mark of 0 too, and marks no answer.
    """
    if not quiz.pass_mark:
        return None
    graded = [kind.name for kind in all_kinds() if kind.is_graded]
    slots = QuizSlot.objects.filter(Q(question__kind__in=graded) | Q(question=None), max_mark__gt=0)
    marked = QuizPage.objects.filter(pk__in=slots.values("quiz"), path__startswith=quiz.path[: -2 * QuizPage.steplen])
    pretest = marked.live().filter(pass_mark=0, path__lt=quiz.path).order_by("path").first()
    return pretest if pretest and marked.filter(pk=quiz.pk).exists() else None


def _first_marks(quiz: QuizPage) -> QuerySet[Attempt]:
    share = Cast("score_numerator", FloatField()) / Cast("score_denominator", FloatField())
    return counted_attempts(quiz).filter(enrolment__cycle=1, number=1).annotate(mark=share)
