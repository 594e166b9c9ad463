"""Reads of the staff's screens. Each takes the person who looks, and gives nothing of what is not theirs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.utils.crypto import salted_hmac

from completion.marking import WaitingWork, works_at
from courses.queries import course_titles
from people.queries import with_main_posts
from questions.marking import Desk, Given, MarkRefused, stage_of

from ..access import work_in_care, work_to_mark
from ..models import Mark, Submission, SubmissionPage
from ..presenting import VersionShown, version_shown
from ..services.marking import has_counted

State = Submission.State


def waiting_work(user) -> list[WaitingWork]:
    """Return the tasks with work that waits for a person's mark: three queries."""
    rows = work_to_mark(user).filter(state=State.HANDED_IN).order_by().values_list("page")
    counts = rows.annotate(Count("pk"), Min("handed_in_at"))
    return works_at(SubmissionPage, "submissions_staff:to_mark", counts)


@dataclass(frozen=True)
class TaskRow:
    """A task with what is there for one person: learners who handed in, and versions that wait for a mark."""

    page: SubmissionPage
    course: str
    learners: int
    to_mark: int


def task_rows(user, pages: Sequence[SubmissionPage]) -> list[TaskRow]:
    """Return tasks with their counts; as many queries for one task as for all."""
    ids = [page.pk for page in pages]
    courses = course_titles(pages)
    learners = work_in_care(user).filter(page__in=ids).order_by().values_list("page")
    by_learner = Counter(dict(learners.annotate(Count("person", distinct=True))))
    waiting = work_to_mark(user).filter(page__in=ids, state=State.HANDED_IN).order_by().values_list("page")
    to_mark = Counter(dict(waiting.annotate(Count("pk"))))
    return [TaskRow(page, courses[page.pk], by_learner[page.pk], to_mark[page.pk]) for page in pages]


def work_at(user, page: SubmissionPage, *, words: str = "", state: str = "") -> QuerySet[Submission]:
    """Return what the people in care handed in at a task, the newest version of each, the newest first."""
    found = work_in_care(user).filter(page=page).exclude(state=State.REPLACED)
    newer = Submission.objects.filter(page=page).exclude(state=State.DRAFT)
    found = found.exclude(pk__in=_overtaken(newer))
    if words:
        found = found.filter(person__name__icontains=words)
    if state:
        found = found.filter(state=state)
    return (
        found.select_related("person")
        .prefetch_related(with_main_posts("person__posts"), "marks")
        .order_by("-handed_in_at", "-pk")
    )


def _overtaken(handed_in: QuerySet[Submission]):
    later = handed_in.filter(enrolment=OuterRef("enrolment"), number__gt=OuterRef("number"))
    return handed_in.filter(Exists(later)).values("pk")


# --- the desk --------------------------------------------------------------------------------------------------------


def code_of(row: int) -> str:
    """Return what names work in an address: nothing about who handed it in, or when, can be told from it."""
    return salted_hmac("submissions.marking", str(row)).hexdigest()[:20]


def desk_of(user, page: SubmissionPage) -> Desk:
    """Return the work at a task that a person may look at to mark; what waits is in `waiting`. One query."""
    rows = work_to_mark(user).filter(page=page).exclude(state=State.REPLACED).values_list("pk", "state")
    known = sorted((code_of(pk), pk, state) for pk, state in rows)
    waiting = frozenset(pk for _code, pk, state in known if state == State.HANDED_IN)
    return Desk({code: pk for code, pk, _state in known}, waiting)


@dataclass(frozen=True)
class WorkToMark:
    """One version before one marker. `stage` is what their mark would be, empty where they may not mark; then
    `refusal` says why. `earlier` are the versions before it, the newest first, with what was asked."""

    shown: VersionShown
    earlier: tuple[VersionShown, ...]
    marks: tuple[Mark, ...]
    stage: str
    refusal: str

    @property
    def work(self) -> Submission:
        return self.shown.work

    @property
    def newest(self) -> int | None:
        return self.marks[-1].pk if self.marks else None

    @property
    def own(self) -> Mark | None:
        """The mark in force, where it is this marker's to correct."""
        return self.marks[-1] if self.marks and self.stage == "first" else None

    @property
    def is_change(self) -> bool:
        return has_counted(self.marks)


def work_to_look_at(user, row_id: int) -> WorkToMark:
    """Return one version as the person may mark it; whether they may see it at all is asked before."""
    work = Submission.objects.select_related("page", "person", "enrolment").get(pk=row_id)
    versions = Submission.objects.filter(enrolment=work.enrolment_id, page=work.page_id, number__lte=work.number)
    found = list(versions.exclude(state=State.DRAFT).prefetch_related("files", "marks__marker").order_by("-number"))
    marks = tuple(found[0].marks.all())
    decides = work_in_care(user).filter(pk=work.pk).exists()
    stage, refusal = "", ""
    try:
        stage = stage_of([Given(mark.stage, mark.marker_id) for mark in marks], by=user.pk, two=False, decides=decides)
    except MarkRefused as error:
        refusal = error.code
    newer = Submission.objects.filter(enrolment=work.enrolment_id, page=work.page_id, number__gt=work.number)
    if newer.exclude(state=State.DRAFT).exists():
        stage, refusal = "", "replaced"
    shown = [version_shown(version) for version in found]
    shown[0].work.page, shown[0].work.person, shown[0].work.enrolment = work.page, work.person, work.enrolment
    return WorkToMark(shown[0], tuple(shown[1:]), marks, stage, refusal)
