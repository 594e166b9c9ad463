"""Reads of the record of learning: where a person is in a course, what is due, and why an activity counts."""

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, TypedDict

from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from core.prepared import Prepared
from courses.catalogue import CourseMark
from courses.conditions import Facts
from courses.models import CoursePage
from courses.outlines import ActivityRule, Outline, OutlineActivity
from courses.queries import (
    course_id_of,
    course_rule,
    edition_rules,
    outline_from,
    outline_of,
    outline_text,
    withdrawn_activities,
)
from people.permissions import in_care

from . import policy
from .facts import facts_of
from .gates import OPEN, Gate, gates_of, read_facts
from .models import (
    ActivityEvent,
    ActivityProgress,
    Assignment,
    Completion,
    Enrolment,
    Exemption,
    Extension,
    PathEnrolment,
    Result,
)
from .states import course_decision, decision_of, evidence_of, rule_for, score_in

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Told(TypedDict):
        due: dt.datetime | None
        exempted: str
        is_assigned: bool
        course_title: str
        outline_text: str | None

    ToldEnrolment = WithAnnotations[Enrolment, Told]


class Standing(TextChoices):
    """The words of a course, the same for the learner and the supervisor."""

    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")
    LATE = "late", _("Past due")
    EXEMPTED = "exempted", _("Exempted")

    @property
    def look(self) -> str:
        """The name of its colour and shape in the components."""
        return {"not_started": "neutral", "in_progress": "action", "exempted": "neutral"}.get(self.value, self.value)


def standing(*, completion: int, due_at: dt.datetime | None, now: dt.datetime, exempted: bool = False) -> Standing:
    """Return the word for a course: late when the due moment has passed and it is not complete.

    Who is exempted need not do it: not late, not missing; done is done all the same.
    """
    if completion == Completion.COMPLETE:
        return Standing.DONE
    if exempted:
        return Standing.EXEMPTED
    if due_at is not None and due_at < now:
        return Standing.LATE
    return Standing.IN_PROGRESS if completion == Completion.IN_PROGRESS else Standing.NOT_STARTED


# --- one effective due date ------------------------------------------------------------------------------------------


def _in_force(model, outer: str) -> QuerySet:
    return model.objects.filter(enrolment=OuterRef(outer), withdrawn_at__isnull=True).order_by()


def due_annotation(outer: str = "pk") -> Case:
    """Return SQL for the effective due moment, what `due.effective_due` says of one person; else NULL.

    The earliest of the enrolment's assignments in force, put off by its latest extension; none for who is exempted.
    """
    owed = _in_force(Assignment, outer).exclude(Exists(_in_force(Exemption, "enrolment")))
    due = Subquery(owed.values("enrolment").annotate(due=Min("due_at")).values("due"))
    latest = _in_force(Extension, outer).values("enrolment").annotate(latest=Max("due_at")).values("latest")
    put_off = Subquery(latest)
    return Case(When(GreaterThan(put_off, due), then=put_off), default=due, output_field=DateTimeField())


def exempted_annotation(outer: str = "pk") -> Coalesce:
    """Return SQL for the reason why somebody need not take the course; empty for who is not exempted."""
    reason = Subquery(_in_force(Exemption, outer).values("reason")[:1])
    return Coalesce(reason, Value(""), output_field=CharField())


def is_exempted(outer: str = "pk") -> Exists:
    """Return SQL for: somebody with the right to say so exempted the person, and did not take it back."""
    return Exists(_in_force(Exemption, outer))


def superseded() -> Exists:
    """Return SQL for: a later cycle of the same course has begun for the person, so this enrolment is history."""
    same = Enrolment.objects.filter(person=OuterRef("person"), course=OuterRef("course"))
    return Exists(same.filter(cycle__gt=OuterRef("cycle")).order_by())


def assigned_annotation(outer: str = "pk") -> Exists:
    """Return SQL for: somebody assigned the course and did not take it back."""
    return Exists(_in_force(Assignment, outer))


# --- one course ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ActivityState:
    """How far one activity is; `score` is an exact share of the maximum, None without a mark."""

    activity_id: int
    completion: Completion = Completion.NOT_STARTED
    result: Result = Result.NONE
    score: Fraction | None = None
    seconds: int = 0
    rule: str = ""  # name of the rule it is held to; empty for an activity newer than the edition
    minimum_seconds: int = 0

    @property
    def is_complete(self) -> bool:
        return self.completion == Completion.COMPLETE

    @property
    def is_started(self) -> bool:
        return self.completion != Completion.NOT_STARTED

    @property
    def missing_seconds(self) -> int:
        """Reading time that is still to come before the activity can be complete."""
        return 0 if self.is_complete else max(self.minimum_seconds - self.seconds, 0)


@dataclass(frozen=True)
class CourseProgress:
    """How far a person is in a course; without an enrolment everything is not started.

    `next_activity` is where to go on: the one last worked on if it is not complete, else the next that is not.
    """

    enrolment: Enrolment | None = None
    states: Mapping[int, ActivityState] = field(default_factory=dict)
    next_activity: OutlineActivity | None = None
    position: int = 0  # place of `next_activity` in the course, counted from 1; 0 without one
    total: int = 0  # activities of the live course
    gates: Mapping[int, Gate] = field(default_factory=dict)  # of activities and modules that are closed

    @property
    def is_enrolled(self) -> bool:
        return self.enrolment is not None

    @property
    def due_at(self) -> dt.datetime | None:
        """The effective due moment, as `current_enrolment` read it."""
        return getattr(self.enrolment, "due", None)

    @property
    def exempted(self) -> str:
        """Why the person need not take it; empty for who is not exempted."""
        return getattr(self.enrolment, "exempted", "")

    @property
    def is_finished(self) -> bool:
        return self.enrolment is not None and self.enrolment.completion == Completion.COMPLETE

    @property
    def is_started(self) -> bool:
        return self.enrolment is not None and self.enrolment.completion != Completion.NOT_STARTED

    @property
    def is_waiting(self) -> bool:
        """Every part that is needed is complete and the course is not yet: something else is still missing."""
        one = self.enrolment
        return one is not None and not self.is_finished and 0 < one.required_total == one.required_complete

    @property
    def percent(self) -> int:
        if self.enrolment is None:
            return 0
        return 100 if self.is_finished else self.enrolment.percent

    def state(self, activity_id: int) -> ActivityState:
        return self.states.get(activity_id) or ActivityState(activity_id)

    def gate(self, page_id: int) -> Gate:
        """Return the gate of an activity or a module of the course."""
        return self.gates.get(page_id, OPEN)


NOT_ENROLLED = CourseProgress()


def current_enrolment(person, course_id: int | None) -> Enrolment | None:
    """Return the enrolment in force (open or finished) of the latest cycle with its `due`; None without one or left."""
    latest = latest_enrolment(person, course_id)
    return None if latest is None or latest.state == Enrolment.State.LEFT else latest


def latest_enrolment(person, course_id: int | None) -> Enrolment | None:
    """Return the enrolment of the latest cycle with its `due`, also one that was left: it keeps what is told late."""
    if not getattr(person, "is_authenticated", False) or course_id is None:
        return None
    return _latest_enrolment.first(person=person.pk, course=course_id)


def _build_latest(person: int, course: int) -> QuerySet[Enrolment]:
    mine = Enrolment.objects.filter(person=person, course=course)
    return mine.annotate(due=due_annotation(), exempted=exempted_annotation()).order_by("-cycle")[:1]


def _build_progress(enrolment: int) -> QuerySet[ActivityProgress]:
    return ActivityProgress.objects.filter(enrolment=enrolment)


_latest_enrolment = Prepared[Enrolment](_build_latest, person=int, course=int)
_progress = Prepared[ActivityProgress](_build_progress, enrolment=int)


def last_redo_at(enrolment: Enrolment | int, activity_id: int) -> dt.datetime | None:
    """Return since when an activity is to be done again; None where staff never asked."""
    redone = ActivityEvent.objects.filter(enrolment=enrolment, activity=activity_id, kind=ActivityEvent.Kind.REDO)
    return redone.order_by("-decision_number").values_list("effective_at", flat=True).first()


def course_progress(person, course_id: int | None, live: Outline | None = None) -> CourseProgress:
    """Return how far a person is in a course, in two queries; with the live outline it also says where to go on."""
    enrolment = current_enrolment(person, course_id)
    facts = read_facts(person, live.asked, timezone.now()) if live and live.has_conditions else None
    if enrolment is None:
        gates = gates_of(live, facts, {}) if live and facts else {}
        return CourseProgress(total=live.total if live else 0, gates=gates)
    return progress_from(enrolment, _progress(enrolment=enrolment.pk), live, edition_rules(enrolment.edition_id), facts)


def visitors_progress(live: Outline | None) -> CourseProgress:
    """Return what a course is to a visitor nobody knows: nothing is begun, and what has conditions is closed."""
    if live is None or not live.has_conditions:
        return NOT_ENROLLED
    return CourseProgress(total=live.total, gates=gates_of(live, read_facts(None, live.asked, timezone.now()), {}))


def progress_on(page: Page, person) -> CourseProgress:
    """Return the person's progress in the course around a page, remembered on the page object for this request."""
    known = page.__dict__.setdefault("_course_progress", {})
    if person.pk not in known:
        live = outline_of(page)
        known[person.pk] = course_progress(person, live.course_id if live else course_id_of(page), live)
    return known[person.pk]


def progress_from(
    enrolment: Enrolment,
    rows: Iterable[ActivityProgress],
    live: Outline | None,
    ruled: Iterable[ActivityRule] = (),
    facts: Facts | None = None,
) -> CourseProgress:
    """Put read rows together without a query; `ruled` adds what each activity asks for.

    `facts` are needed where the live outline has access conditions; see `gates.read_facts`.
    """
    known = {row.activity_id: row for row in rows}
    rules = {rule.activity_id: rule.rule for rule in ruled}
    states = {
        activity_id: _state(activity_id, known.get(activity_id), rules.get(activity_id, {}))
        for activity_id in [*rules, *(activity_id for activity_id in known if activity_id not in rules)]
    }
    gates = gates_of(live, facts, states, ruled) if live and facts else {}
    ahead = next_activity(live, states, enrolment.last_activity_id, gates) if live else None
    return CourseProgress(
        enrolment=enrolment,
        states=states,
        next_activity=ahead,
        position=live.position(ahead.id) if live and ahead else 0,
        total=live.total if live else len(states),
        gates=gates,
    )


def _state(activity_id: int, row: ActivityProgress | None, rule: Mapping) -> ActivityState:
    asked = {"rule": rule.get("rule", ""), "minimum_seconds": int(rule.get("minimum_seconds") or 0)}
    if row is None:
        return ActivityState(activity_id, **asked)
    return ActivityState(
        activity_id, Completion(row.completion), Result(row.result), score_in(row), row.seconds, **asked
    )


def next_activity(
    live: Outline, states: Mapping[int, ActivityState], last_activity_id: int | None, gates: Container[int] = ()
) -> OutlineActivity | None:
    """Return where to go on: the last one if not done, else the first such after it, else the first of all.

    Nobody is led into an activity that is closed by its condition.
    """
    start = max(live.position(last_activity_id or 0) - 1, 0)
    order = [*live.activities[start:], *live.activities[:start]]
    return next((a for a in order if a.id not in gates and not (a.id in states and states[a.id].is_complete)), None)


def activity_after(live: Outline, activity_id: int, progress: CourseProgress) -> OutlineActivity | None:
    """Return the first activity after one that is not closed; None where there is none."""
    return next((a for a in live.activities[live.position(activity_id) :] if a.id not in progress.gates), None)


def next_open(person, live: Outline, activity_id: int) -> OutlineActivity | None:
    """Return where a person goes on after an activity; no query where the course has no access conditions."""
    if not live.has_conditions:
        return live.next(activity_id)
    return activity_after(live, activity_id, course_progress(person, live.course_id, live))


def activity_before(live: Outline, activity_id: int, progress: CourseProgress) -> OutlineActivity | None:
    """Return the last activity before one that is not closed; None where there is none."""
    before = live.activities[: max(live.position(activity_id) - 1, 0)]
    return next((a for a in reversed(before) if a.id not in progress.gates), None)


def places_left(course: CoursePage) -> int | None:
    """Return how many people a course still takes, None where it takes all; who left has given the place back."""
    if course.capacity is None:
        return None
    taken = Enrolment.objects.filter(course=course).exclude(state=Enrolment.State.LEFT)
    return max(course.capacity - taken.aggregate(people=Count("person", distinct=True))["people"], 0)


@dataclass(frozen=True)
class Watched:
    """How much of a lesson's recordings was watched, of how much; exact shares."""

    share: Fraction
    needed: Fraction

    @property
    def is_enough(self) -> bool:
        return self.share >= self.needed


def watched_so_far(enrolment: Enrolment, activity_id: int) -> Watched:
    """Return how much of an activity's recordings a person has watched since it was last to be done again."""
    events = list(enrolment.events.filter(activity_id=activity_id))
    rule = rule_for(enrolment.edition_id, activity_id, events)
    share = policy.share_watched([evidence_of(event) for event in events])
    return Watched(share, Fraction(rule.get("percent", 100), 100))


# --- all of mine -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Learning:
    """One course of a person, as the list shows it. `due_at` is the effective due moment."""

    enrolment: "ToldEnrolment"
    progress: CourseProgress
    outline: Outline | None
    due_at: dt.datetime | None
    is_assigned: bool
    standing: Standing

    @property
    def course(self):
        return self.enrolment.course

    @property
    def exempted(self) -> str:
        """Why the person need not take it; empty for who is not exempted."""
        return self.enrolment.exempted

    @property
    def title(self) -> str:
        return self.outline.title if self.outline else self.enrolment.course_title

    @property
    def url(self) -> str:
        return self.outline.url if self.outline and self.outline.live else ""

    @property
    def can_leave(self) -> bool:
        return self.enrolment.state == Enrolment.State.OPEN and not self.is_assigned


@dataclass(frozen=True)
class LearningRecord:
    """Everything a person is or was enrolled in, in the order that answers "what now?"."""

    open: tuple[Learning, ...] = ()
    finished: tuple[Learning, ...] = ()
    left: tuple[Learning, ...] = ()

    @property
    def started(self) -> tuple[Learning, ...]:
        return tuple(row for row in self.open if row.progress.is_started)

    @property
    def not_started(self) -> tuple[Learning, ...]:
        return tuple(row for row in self.open if not row.progress.is_started)

    def due_within(self, span: dt.timedelta, now: dt.datetime) -> tuple[Learning, ...]:
        """Return open courses that are late or due within a span, the most urgent first."""
        due = [(row.due_at, row) for row in self.open if row.due_at is not None and row.due_at <= now + span]
        return tuple(row for _due_at, row in sorted(due, key=lambda pair: pair[0]))

    @property
    def is_empty(self) -> bool:
        return not (self.open or self.finished or self.left)


def _build_all(person: int) -> QuerySet[Enrolment]:
    return (
        Enrolment.objects.filter(person=person)
        .annotate(
            due=due_annotation(),
            exempted=exempted_annotation(),
            is_assigned=assigned_annotation(),
            course_title=F("course__title"),
            outline_text=outline_text("course__outline__"),
            # What stands for the course where it has no outline, and its cover.
            slug=F("course__slug"),
            cover_pattern=F("course__cover_pattern"),
            cover_colour=F("course__cover_colour"),
            cover_picture=F("course__cover_picture"),
        )
        .order_by("-pk")
    )


def _build_all_progress(person: int) -> QuerySet[ActivityProgress]:
    return ActivityProgress.objects.filter(enrolment__person=person)


_all_enrolments = Prepared["ToldEnrolment"](_build_all, person=int)
_all_progress = Prepared[ActivityProgress](_build_all_progress, person=int)


def learning_of(person, *, now: dt.datetime | None = None) -> LearningRecord:
    """Return all courses of a person in two queries, however many there are; `course` of a row is a query more.

    Access conditions cost the few queries of what they ask about, once for all courses.
    """
    now = now or timezone.now()
    enrolments = _all_enrolments(person=person.pk)
    rows = defaultdict(list)
    for row in _all_progress(person=person.pk):
        rows[row.enrolment_id].append(row)
    facts = _facts_for(person, enrolments, now)
    mine = [
        _learning(enrolment, rows[enrolment.pk], now, facts, due_at=enrolment.due, is_assigned=enrolment.is_assigned)
        for enrolment in enrolments
    ]
    state = Enrolment.State
    return LearningRecord(
        open=tuple(sorted((row for row in mine if row.enrolment.state == state.OPEN), key=_urgency)),
        finished=tuple(sorted((row for row in mine if row.enrolment.state == state.FINISHED), key=_recency)),
        left=tuple(row for row in mine if row.enrolment.state == state.LEFT),
    )


def _learning(
    enrolment: "ToldEnrolment",
    rows: Iterable[ActivityProgress],
    now: dt.datetime,
    facts: Facts | None,
    *,
    due_at: dt.datetime | None,
    is_assigned: bool,
) -> Learning:
    live = _live(enrolment)
    return Learning(
        enrolment=enrolment,
        progress=progress_from(enrolment, rows, live, facts=facts if live and live.has_conditions else None),
        outline=live,
        due_at=due_at,
        is_assigned=is_assigned,
        standing=standing(completion=enrolment.completion, due_at=due_at, now=now, exempted=bool(enrolment.exempted)),
    )


def _live(enrolment: "ToldEnrolment") -> Outline | None:
    return outline_from(enrolment.course_id, enrolment.outline_text) if enrolment.outline_text else None


def _facts_for(person, enrolments: Iterable["ToldEnrolment"], now: dt.datetime) -> Facts | None:
    """Return what the access conditions of all these courses ask about; None, without a query, where none has any."""
    asking = [live for live in map(_live, enrolments) if live and live.has_conditions]
    return read_facts(person, frozenset().union(*(live.asked for live in asking)), now) if asking else None


def _urgency(row: Learning) -> tuple:
    """Due first and earliest first, then what was worked on last, then what was enrolled last."""
    due = row.due_at.timestamp() if row.due_at else float("inf")
    seen = row.enrolment.last_seen_at
    return (due, -seen.timestamp() if seen else 0, -row.enrolment.pk)


def _recency(row: Learning) -> tuple:
    at = row.enrolment.completed_at
    return (-at.timestamp() if at else 0, -row.enrolment.pk)


def _build_marked(person: int) -> QuerySet[Enrolment]:
    mine = Enrolment.objects.filter(person=person).exclude(state=Enrolment.State.LEFT).order_by("cycle")
    return mine.annotate(due=due_annotation(), exempted=exempted_annotation(), is_assigned=assigned_annotation())


_marked = Prepared["ToldEnrolment"](_build_marked, person=int)


def course_marks(person) -> dict[int, CourseMark]:
    """Return what each course of a person is to them, for the cards of the catalogue; one query."""
    return {
        enrolment.course_id: CourseMark(
            assigned=enrolment.is_assigned and not enrolment.exempted,
            percent=100 if enrolment.completion == Completion.COMPLETE else enrolment.percent,
            finished=enrolment.completion == Completion.COMPLETE,
            due_at=enrolment.due,
        )
        for enrolment in _marked(person=person.pk)
    }


# --- today -----------------------------------------------------------------------------------------------------------

SOON = dt.timedelta(days=7)
SHOWN = 3


@dataclass(frozen=True)
class Today:
    """What now: one course to go on with, what is due within a week or late, what waits, what was finished lately."""

    greeting: str  # "morning", "midday", "afternoon" or "evening", by the reader's clock
    go_on: Learning | None
    due: tuple[Learning, ...]
    waiting: tuple[Learning, ...]
    finished: tuple[Learning, ...]
    is_newcomer: bool


def today_of(person, *, now: dt.datetime | None = None) -> Today:
    """Return today's page of a person in two queries."""
    now = now or timezone.now()
    record = learning_of(person, now=now)
    asked = [row for row in record.open if row.progress.is_started or not row.exempted]
    reachable = [row for row in asked if row.url and row.progress.next_activity]
    recent = sorted((row for row in reachable if row.progress.is_started), key=_last_seen, reverse=True)
    go_on = next(iter(recent or reachable), None)
    return Today(
        greeting=greeting_at(timezone.localtime(now).hour),
        go_on=go_on,
        due=record.due_within(SOON, now)[:SHOWN],
        waiting=tuple(row for row in asked if not row.progress.is_started and row is not go_on)[:SHOWN],
        finished=record.finished[:SHOWN],
        is_newcomer=record.is_empty,
    )


def _last_seen(row: Learning) -> tuple:
    seen = row.enrolment.last_seen_at
    return (seen.timestamp() if seen else 0, row.enrolment.pk)


def greeting_at(hour: int) -> str:
    """Return the part of the day as Indonesians greet it: pagi to 10, siang to 14, sore to 18, malam until 3."""
    if 3 <= hour < 11:
        return "morning"
    if 11 <= hour < 15:
        return "midday"
    return "afternoon" if 15 <= hour < 18 else "evening"


# --- why -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Explanation:
    """Why an activity counts as it does: the rule, all evidence in the order it happened, and who decided otherwise."""

    enrolment: Enrolment
    edition_number: int
    title: str
    rule: Mapping
    decision: policy.Decision
    events: tuple[ActivityEvent, ...]

    @property
    def staff_decisions(self) -> tuple[ActivityEvent, ...]:
        return tuple(event for event in self.events if event.decision_number is not None)

    @property
    def completion(self) -> Completion:
        return Completion(self.decision.completion)

    @property
    def result(self) -> Result:
        return Result(self.decision.result)


def explanation(enrolment: Enrolment, activity_id: int) -> Explanation | None:
    """Explain one activity of an enrolment from its events; None where neither edition nor history knows it."""
    events = tuple(
        enrolment.events.filter(activity_id=activity_id).select_related("decided_by").order_by("effective_at", "pk")
    )
    ruled = next((r for r in edition_rules(enrolment.edition_id) if r.activity_id == activity_id), None)
    if ruled is None and not events:
        return None
    return Explanation(
        enrolment=enrolment,
        edition_number=enrolment.edition.number,
        title=ruled.title if ruled else Page.objects.get(pk=activity_id).title,
        rule=rule_for(enrolment.edition_id, activity_id, events),
        decision=decision_of(enrolment.edition_id, activity_id, events),
        events=events,
    )


# --- what a course asks for ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CourseStanding:
    """What a course asks of one person, met or missing; `courses` are the other courses it names, by id."""

    enrolment: Enrolment
    decision: policy.CourseDecision
    courses: Mapping[int, CoursePage]

    @property
    def missing(self) -> tuple[policy.Condition, ...]:
        return tuple(one for one in self.decision.conditions if one.met_at is None)


def course_standing(enrolment: Enrolment, live: Outline | None) -> CourseStanding:
    """Return what the course of an enrolment asks for and what of it is there, as the facts say now."""
    finished = enrolment.completion == Completion.COMPLETE
    withdrawn = frozenset(enrolment.excused) if finished else withdrawn_activities(enrolment.edition_id, live)
    facts = facts_of([enrolment])[enrolment.pk]
    decision = course_decision(enrolment, _progress(enrolment=enrolment.pk), withdrawn, facts)
    asked = course_rule(enrolment.edition_id).get("courses", ())
    return CourseStanding(enrolment, decision, CoursePage.objects.in_bulk(asked) if asked else {})


# --- signatures ------------------------------------------------------------------------------------------------------


def paths_asked_with(enrolment: Enrolment) -> QuerySet[PathEnrolment]:
    """Return the paths with which a course was assigned to somebody and still is."""
    asked = enrolment.assignments.filter(withdrawn_at__isnull=True).exclude(path_enrolment=None)
    return PathEnrolment.objects.filter(pk__in=asked.values("path_enrolment")).select_related("path").order_by("pk")


def awaiting_sign_off(viewer) -> QuerySet[Enrolment]:
    """Return the enrolments in a person's care that only wait for a signature, oldest first; never their own."""
    waiting = in_care(viewer, Enrolment).filter(awaits_sign_off=True).exclude(state=Enrolment.State.LEFT)
    return waiting.exclude(person=viewer).select_related("person", "course").order_by("course__title", "last_seen_at")


# --- history that protects pages -------------------------------------------------------------------------------------


def learners_with_history(pages: QuerySet[Page]) -> int:
    """Return how many people have a record on any of the pages: enrolments, events, progress, where they were."""
    ids = pages.values("pk")
    touched = (
        Q(course__in=ids)
        | Q(last_activity__in=ids)
        | Q(pk__in=ActivityEvent.objects.filter(activity__in=ids).order_by().values("enrolment"))
        | Q(pk__in=ActivityProgress.objects.filter(activity__in=ids).values("enrolment"))
    )
    return Enrolment.objects.filter(touched).values("person").distinct().count()
