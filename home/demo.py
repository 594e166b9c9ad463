"""A year in three cities: learning history for the demonstration organisation, made by the same services learners use.

Things are done now and then dated back: events, attempts and assignments get the moment they stand for, and the record
is recomputed from them, so it holds as strictly as any other."""

import datetime as dt
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from completion import services as completion
from completion.models import Achievement, ActivityEvent, Assignment, Enrolment
from core.zones import end_of_day, local_date
from courses.models import CoursePage
from courses.queries import outline
from people.models import Agency, AgencyRole, Person, Post
from people.queries import left_service
from questions.kinds import get_kind
from questions.kinds.base import Answer, Data, Kind
from quizzes import services as quizzes
from quizzes.models import AnswerStep, Attempt, AttemptQuestion, QuizPage
from submissions import services as submissions
from submissions.models import Mark, Submission, SubmissionPage

from .demo_works import PRAISE, TO_IMPROVE, points_for, text_for

ETHICS, TIME, DIGITAL = "etika-pelayanan-publik", "manajemen-waktu", "pemerintahan-digital"
COMPLAINTS, STANDARDS = "komunikasi-dan-keluhan", "standar-pelayanan-dan-skm"
READING_SECONDS = 260

Judge = Callable[[Submission, Person, random.Random], Mark]


@dataclass(frozen=True)
class Duty:
    """A course that an agency asked of its people: days are counted from today, the past is negative."""

    agency: str
    course: str
    assigned: int
    due: int
    counters_only: bool = False


DUTIES = (
    Duty("palembang", ETHICS, assigned=-30, due=12),
    Duty("palu", ETHICS, assigned=-45, due=-3, counters_only=True),
    Duty("sorong", ETHICS, assigned=-25, due=4),
    Duty("palembang", TIME, assigned=-40, due=-3, counters_only=True),
    Duty("sorong", TIME, assigned=-200, due=-120, counters_only=True),
    Duty("palu", DIGITAL, assigned=-14, due=30, counters_only=True),
    Duty("sorong", COMPLAINTS, assigned=-18, due=10, counters_only=True),
    Duty("palembang", STANDARDS, assigned=-12, due=40, counters_only=True),
)


def make_history(*, today: dt.date, learner: Person) -> None:
    """Assign courses and let people study them over the last year; `learner` is left in the middle of two courses.

    People who never signed in stay untouched. Deterministic for a day."""
    rng = random.Random(2026)  # noqa: S311  # the same demonstration everywhere
    for duty in DUTIES:
        _carry_out(duty, today, rng, apart=learner)
    _choose_freely(today, rng, apart=learner)
    _live_through_a_learners_weeks(learner, today)


# --- what agencies ask -----------------------------------------------------------------------------------------------


def _carry_out(duty: Duty, today: dt.date, rng: random.Random, *, apart: Person) -> None:
    agency = Agency.objects.get(slug__contains=duty.agency)
    course = CoursePage.objects.get(slug=duty.course)
    organiser = Person.objects.get(agency_roles__agency=agency, agency_roles__role=AgencyRole.Role.ORGANISER)
    people = _people_of(agency, counters_only=duty.counters_only)
    assigned_at = _moment(today + dt.timedelta(days=duty.assigned), agency.time_zone, 9, 5)
    completion.assign(
        course=course,
        people=people,
        by=organiser,
        agency=agency,
        due_at=end_of_day(today + dt.timedelta(days=duty.due), agency.time_zone),
        reason="Pengembangan kompetensi petugas pelayanan",
        letter_number=f"800/{100 + DUTIES.index(duty)}/BKPSDM/{(today + dt.timedelta(days=duty.assigned)).year}",
    )
    enrolments = Enrolment.objects.filter(course=course, person__in=people)
    enrolments.filter(enrolled_at__gt=assigned_at).update(enrolled_at=assigned_at)
    Assignment.objects.filter(enrolment__in=enrolments, agency=agency).update(assigned_at=assigned_at)
    studying = enrolments.exclude(person=apart).filter(person__last_login__isnull=False)
    for enrolment in studying.select_related("person").order_by("person"):
        _study(enrolment, _share(rng), first=assigned_at + dt.timedelta(days=1), rng=rng)


def _choose_freely(today: dt.date, rng: random.Random, *, apart: Person) -> None:
    """Some chose the course on digital government themselves; their supervisors do not see it."""
    course = CoursePage.objects.get(slug=DIGITAL)
    willing = Person.objects.filter(last_login__isnull=False, posts__is_main=True).exclude(pk=apart.pk)
    willing = willing.exclude(enrolments__course=course).distinct().order_by("pk")
    for person in [one for one in willing if rng.random() < 0.2]:
        enrolment = completion.enrol(person=person, course=course)
        start = _moment(today - dt.timedelta(days=rng.randrange(20, 300)), person.time_zone, 19, 30)
        Enrolment.objects.filter(pk=enrolment.pk).update(enrolled_at=start)
        _study(enrolment, _share(rng), first=start, rng=rng)


def _live_through_a_learners_weeks(learner: Person, today: dt.date) -> None:
    """Leave the demonstration's learner where a reader of the README meets them.

    One course is half read, with a task to revise; one is finished."""
    rng = random.Random(11)  # noqa: S311
    ethics = Enrolment.objects.get(person=learner, course__slug=ETHICS)
    first = _moment(today - dt.timedelta(days=16), learner.time_zone, 19, 40)
    _study(ethics, 0.5, first=first, rng=rng, judge=_return)
    digital = completion.enrol(person=learner, course=CoursePage.objects.get(slug=DIGITAL))
    start = _moment(today - dt.timedelta(days=70), learner.time_zone, 20, 10)
    Enrolment.objects.filter(pk=digital.pk).update(enrolled_at=start)
    _study(digital, 1, first=start, rng=rng, judge=_grade)


def _people_of(agency: Agency, *, counters_only: bool) -> list[Person]:
    posts = Post.objects.current().filter(is_main=True, unit__agency=agency)
    if counters_only:
        posts = posts.filter(kind=Post.Kind.PELAKSANA)
    return list(Person.objects.filter(~left_service(), pk__in=posts.values("person")).order_by("pk"))


def _share(rng: random.Random) -> float:
    """How much of a course somebody did: nearly half all of it, a quarter nothing."""
    luck = rng.random()
    return 1 if luck < 0.45 else 0 if luck > 0.75 else luck - 0.15


# --- studying ---------------------------------------------------------------------------------------------------------


def _study(
    enrolment: Enrolment, share: float, *, first: dt.datetime, rng: random.Random, judge: Judge | None = None
) -> None:
    """Do a share of the live course from a moment on, an activity every day or two, never in the future.

    What is handed in is marked days later, in the way of `judge`; until then it waits."""
    live = outline(enrolment.course_id)
    activities = live.activities[: round(len(live.activities) * share)] if live else []
    at = first
    with transaction.atomic():
        for activity in activities:
            if at > timezone.now():
                break
            if activity.kind == "quiz":
                _take_quiz(enrolment, activity.id, at, rng)
            elif activity.kind == "submission":
                _do_task(enrolment, activity.id, at, rng, judge or _grade_or_return)
            else:
                _read(enrolment, activity.id)
                _date_back(enrolment, activity.id, at)
            at += dt.timedelta(days=rng.choice((0, 1, 1, 2, 3)), minutes=rng.randrange(9, 50))
        enrolment.refresh_from_db()
        _date_achievement(completion.recompute(enrolment=enrolment))
    if activities:
        Person.objects.filter(pk=enrolment.person_id, last_login__lt=at).update(last_login=min(at, timezone.now()))


def _read(enrolment: Enrolment, activity_id: int) -> None:
    completion.record(
        enrolment=enrolment,
        activity_id=activity_id,
        kind="read",
        data={"seconds": READING_SECONDS, "reached_end": True},
        client_id=uuid.uuid4(),
    )


def _take_quiz(enrolment: Enrolment, activity_id: int, at: dt.datetime, rng: random.Random) -> None:
    """Answer mostly right, a pretest half of it; who does not pass tries once more."""
    quiz = QuizPage.objects.get(pk=activity_id)
    for skill in (rng.choice((0.6, 0.85, 0.95) if quiz.pass_mark else (0.35, 0.5, 0.65)), 0.97):
        attempt = quizzes.start_attempt(person=enrolment.person, quiz=quiz)
        asked = attempt.questions.select_related("version__question").order_by("position")
        answers = [quizzes.Delivery(one.position, _answer(one, rng.random() < skill), uuid.uuid4()) for one in asked]
        quizzes.save_answers(attempt=attempt, deliveries=answers)
        attempt = quizzes.submit_attempt(attempt=attempt, client_id=uuid.uuid4())
        _date_attempt(attempt, at)
        _date_back(enrolment, activity_id, at)
        if attempt.passed:
            return
        at += dt.timedelta(minutes=25)


def _answer(asked: AttemptQuestion, is_right: bool) -> Answer | None:
    kind, data = get_kind(asked.version.question.kind), asked.version.data
    return kind.right_answer(data) if is_right else _wrong_answer(kind, data)


SLIPS: tuple[Answer, ...] = ({"text": "belum tahu"}, {"text": "0"}, {"text": "7"})


def _wrong_answer(kind: Kind, data: Data) -> Answer | None:
    """Return the answer that earns least of those an editor sees in the preview and a few slips of the pen.

    Never by the shuffled order, which differs from one loading to the next. None where nothing is right or wrong."""
    given = [answer for slip in (*kind.samples(data), *SLIPS) if (answer := kind.accept(data, slip))]
    return min(given, key=lambda answer: kind.grade(data, answer) or 0, default=None)


# --- tasks at work ----------------------------------------------------------------------------------------------------


def _do_task(enrolment: Enrolment, activity_id: int, at: dt.datetime, rng: random.Random, judge: Judge) -> None:
    """Hand in a text; the organiser of the learner's agency says something of it within a week or so."""
    page = SubmissionPage.objects.get(pk=activity_id)
    draft = submissions.save_draft(
        enrolment=enrolment, page=page, number=1, based_on=0, text=text_for(page.slug, rng), tab=uuid.uuid4()
    ).draft
    work = submissions.hand_in(enrolment=enrolment, page=page, number=draft.number, revision=draft.revision)
    is_late = work.due_at is not None and at > work.due_at
    Submission.objects.filter(pk=work.pk).update(saved_at=at, handed_in_at=at, is_late=is_late)
    _date_back(enrolment, activity_id, at)
    marked_at = at + dt.timedelta(days=rng.randrange(2, 7), hours=rng.randrange(8))
    if marked_at > timezone.now():
        return
    mark = judge(work, _marker_for(enrolment), rng)
    Mark.objects.filter(pk=mark.pk).update(marked_at=marked_at)
    if mark.points is not None:
        _date_back(enrolment, activity_id, marked_at, kind=ActivityEvent.Kind.GRADED)


def _marker_for(enrolment: Enrolment) -> Person:
    """Return the organiser of the learner's agency; organisers' own work is marked by the administrator."""
    posts = Post.objects.current().filter(person=enrolment.person_id, is_main=True)
    organisers = AgencyRole.objects.filter(role=AgencyRole.Role.ORGANISER, agency__units__posts__in=posts)
    marker = Person.objects.filter(agency_roles__in=organisers).exclude(pk=enrolment.person_id).first()
    return marker or Person.objects.filter(is_superuser=True).earliest("pk")


def _grade_or_return(work: Submission, marker: Person, rng: random.Random) -> Mark:
    """One work in fifteen goes back for revision."""
    return (_return if rng.random() < 1 / 15 else _grade)(work, marker, rng)


def _grade(work: Submission, marker: Person, rng: random.Random) -> Mark:
    criteria = points_for(work.rules["criteria"], rng)
    return submissions.mark_submission(
        submission=work, by=marker, decision=Mark.Decision.MARKED, criteria=criteria, comment=rng.choice(PRAISE)
    )


def _return(work: Submission, marker: Person, _rng: random.Random) -> Mark:
    decision = Mark.Decision.RETURNED
    return submissions.mark_submission(submission=work, by=marker, decision=decision, comment=TO_IMPROVE)


# --- dating back ------------------------------------------------------------------------------------------------------


def _date_back(enrolment: Enrolment, activity_id: int, at: dt.datetime, **which) -> None:
    zone = enrolment.person.time_zone
    moved = {"effective_at": at, "received_at": at, "zone": zone, "local_date": local_date(at, zone)}
    ActivityEvent.objects.filter(enrolment=enrolment, activity_id=activity_id, **which).update(**moved)


def _date_achievement(enrolment: Enrolment) -> None:
    if enrolment.completed_at is None:
        return
    zone = enrolment.person.time_zone
    Achievement.objects.filter(enrolment=enrolment).update(
        achieved_at=enrolment.completed_at,
        local_date=local_date(enrolment.completed_at, zone),
        started_on=local_date(enrolment.started_at or enrolment.completed_at, zone),
    )


def _date_attempt(attempt: Attempt, at: dt.datetime) -> None:
    done = at + dt.timedelta(minutes=8)
    Attempt.objects.filter(pk=attempt.pk).update(started_at=at, submitted_at=done, graded_at=done)
    AttemptQuestion.objects.filter(attempt=attempt).update(answered_at=at + dt.timedelta(minutes=4))
    steps = list(AnswerStep.objects.filter(attempt=attempt))
    for step in steps:
        step.received_at = at + dt.timedelta(seconds=35) * step.sequence
    AnswerStep.objects.bulk_update(steps, ["received_at"])


def _moment(day: dt.date, zone: str, hour: int, minute: int) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))
