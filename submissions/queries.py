"""Reads of handed-in work: what the page of a task shows, what waits, who has history."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet
from wagtail.models import Page

from completion.models import Enrolment, Extension
from completion.queries import due_annotation, last_redo_at, progress_on

from .deadlines import Terms, own_due, terms_of
from .models import KeptDraft, Submission, SubmissionPage
from .rules import is_revision, was_asked_again, why_not_write

State = Submission.State
NO_TERMS = Terms()


@dataclass(frozen=True)
class Workplace:
    """A task as its page shows it to one learner.

    `versions` were handed in, the newest first; `draft` is being written, None where none was saved yet; `begin_with`
    is what a new version begins with. `refusal`: "not_enrolled", "waiting", "marked", "closed" or empty: then the
    learner writes now. `may_replace`: what waits for its mark may be replaced by a new version.
    """

    enrolment: Enrolment | None = None
    versions: tuple[Submission, ...] = ()
    draft: Submission | None = None
    kept: tuple[KeptDraft, ...] = ()
    terms: Terms = NO_TERMS
    refusal: str = "not_enrolled"
    may_replace: bool = False

    @property
    def latest(self) -> Submission | None:
        return self.versions[0] if self.versions else None

    @property
    def begin_with(self) -> Submission | None:
        return self.draft or self.latest

    @property
    def number(self) -> int:
        return self.draft.number if self.draft else (self.latest.number if self.latest else 0) + 1

    @property
    def revision(self) -> int:
        return self.draft.revision if self.draft else 0

    @property
    def is_revision(self) -> bool:
        return is_revision(self.latest)


def workplace_of(person: Any, page: SubmissionPage, now) -> Workplace:
    """Return how a learner stands at a task."""
    enrolment = progress_on(page, person).enrolment
    if enrolment is None:
        return Workplace()
    mine = list(
        page.submissions.filter(enrolment=enrolment)
        .prefetch_related("files", "marks", "kept_drafts")
        .order_by("number")
    )
    draft = next((one for one in mine if one.is_draft), None)
    versions = tuple(reversed([one for one in mine if not one.is_draft]))
    latest = versions[0] if versions else None
    refusal = why_not_write(latest, resubmission=page.resubmission)
    if refusal:
        refusal = why_not_write(latest, resubmission=page.resubmission, redo_at=last_redo_at(enrolment, page.pk))
    terms = terms_for(page, enrolment)
    if not refusal and terms.is_closed(now) and not was_asked_again(latest):
        refusal = "closed"
    waits = latest is not None and latest.state == State.HANDED_IN
    may_replace = waits and not refusal
    if may_replace and draft is None:
        refusal = "waiting"
    return Workplace(
        enrolment=enrolment,
        versions=versions,
        draft=draft,
        kept=tuple(kept for one in mine for kept in one.kept_drafts.all() if kept.closed_at is None),
        terms=terms,
        refusal=refusal,
        may_replace=may_replace,
    )


def terms_for(page: SubmissionPage, enrolment: Enrolment) -> Terms:
    """Return when work is due from a person and until when it is taken: the task's own days, else the course's."""
    zone = enrolment.person.time_zone
    if page.due_rule == page.DueRule.COURSE:
        due, extended = _due_of_course(enrolment), None
    else:
        on = page.due_on if page.due_rule == page.DueRule.DATE else None
        days = page.due_days if page.due_rule == page.DueRule.DAYS else None
        due = own_due(on=on, days=days, enrolled_at=enrolment.enrolled_at, zone=zone)
        extended = _extended_to(enrolment)
    return terms_of(
        due_at=due, extended_to=extended, late=page.late_rule, late_days=page.late_days, until=page.late_until,
        zone=zone,
    )  # fmt: skip


def _due_of_course(enrolment: Enrolment):
    if not hasattr(enrolment, "due"):
        enrolment = Enrolment.objects.annotate(due=due_annotation()).get(pk=enrolment.pk)
    return enrolment.due  # type: ignore[attr-defined]


def _extended_to(enrolment: Enrolment):
    extensions = Extension.objects.filter(enrolment=enrolment.pk, withdrawn_at__isnull=True)
    return extensions.aggregate(latest=Max("due_at"))["latest"]


def learners_with_work(pages: QuerySet[Page]) -> int:
    """Return how many learners have work, drafts included, at any of the pages."""
    return Submission.objects.filter(page__in=pages.values("pk")).values("person").distinct().count()
