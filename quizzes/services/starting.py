"""Beginning an attempt: whether it may, what it asks, and until when."""

import random
import secrets
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from completion.queries import current_enrolment
from core.templatetags.core_tags import as_moment
from courses.access import may_open
from courses.queries import course_id_of
from questions.kinds import get_kind
from questions.queries import latest_ready_ids, pool, versions_by_id

from ..layout import TooFewQuestions, draw, lay_out
from ..models import AnswerFile, AnswerStep, Attempt, AttemptQuestion, QuizPage, QuizSlot
from ..queries import earlier_attempts, rule_for, why_not_begin_after
from ..windows import times_of, window_for, window_of
from .ending import settle
from .refusals import QuizRefused

State = Attempt.State
START_TRIES = 5  # a start that loses the race reads what the winner made; more losers than this is a fault


def start_attempt(*, person, quiz: QuizPage, password: str = "") -> Attempt:
    """Return the person's open attempt at a quiz, begun now if there is none; raise `QuizRefused`."""
    access = may_open(person, quiz)
    if not access.allowed and not access.redirect_to:
        raise QuizRefused("closed")
    enrolment = current_enrolment(person, course_id_of(quiz))
    if enrolment is None:
        raise QuizRefused("not_enrolled")
    if not access.allowed:
        raise QuizRefused("locked", reason=access.reason)
    for _try in range(START_TRIES):
        try:
            with transaction.atomic():
                return _resume(person, quiz, enrolment) or _begin(person, quiz, enrolment, password)
        except IntegrityError:
            continue  # another tab was first: read again
    raise QuizRefused("closed")


@transaction.atomic
def begin_attempt(*, attempt: Attempt) -> Attempt | None:
    """Let the clock of a reserved attempt begin: its first page is about to be shown. Others are returned as they are.

    A line that breaks between starting and the first page thus costs no time. None: the quiz has closed meanwhile;
    what was never shown is thrown away and uses up no attempt.
    """
    quiz, person = attempt.quiz, attempt.person
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    attempt.quiz, attempt.person = quiz, person
    if attempt.state != State.RESERVED:
        return attempt
    now, window = timezone.now(), window_of(quiz) if attempt.is_trial else window_for(quiz, person)
    if window.is_closed_at(now) and not attempt.is_trial:
        attempt.questions.all().delete()
        attempt.delete()
        return None
    attempt.started_at, attempt.state = now, State.IN_PROGRESS
    attempt.deadline_at, attempt.ends_at = times_of(attempt.rules, window, now)
    attempt.save(update_fields=["started_at", "deadline_at", "ends_at", "state"])
    return attempt


@transaction.atomic
def start_trial(*, person, quiz: QuizPage) -> Attempt:
    """Begin an editor's trial of the latest draft; a trial that was open is dropped for it."""
    quiz.attempts.filter(person=person, enrolment=None, state__in=Attempt.OPEN_STATES).update(state=State.ABANDONED)
    draft = quiz.get_latest_revision_as_object()
    number = _next_number(quiz.attempts.filter(person=person, enrolment=None))
    window = window_of(draft)
    return _create(person, draft, enrolment=None, number=number, rule=draft.activity_rule(), window=window)


@transaction.atomic
def discard_trials(*, quizzes) -> None:
    """Throw away the trials of some quizzes: they are nobody's history and must not hold a page back."""
    trials = Attempt.objects.filter(quiz__in=quizzes, enrolment=None)
    AnswerStep.objects.filter(attempt__in=trials).delete()
    AnswerFile.objects.filter(question__attempt__in=trials).delete()
    AttemptQuestion.objects.filter(attempt__in=trials).delete()
    trials.delete()


@transaction.atomic
def refresh_deadlines(*, quiz: QuizPage) -> int:
    """Give open attempts the time that the quiz and its exceptions grant now, never less; return how many changed."""
    changed = 0
    opened = quiz.attempts.select_for_update().filter(state__in=Attempt.OPEN_STATES, enrolment__isnull=False)
    for attempt in opened.exclude(deadline_at=None).select_related("person").order_by("pk"):
        deadline, ends = times_of(attempt.rules, window_for(quiz, attempt.person), attempt.started_at)
        if deadline is None or deadline > attempt.deadline_at:
            attempt.deadline_at, attempt.ends_at = deadline, ends
            if deadline is None or deadline > timezone.now():
                attempt.state = State.IN_PROGRESS
            attempt.save(update_fields=["deadline_at", "ends_at", "state"])
            changed += 1
    return changed


def _resume(person, quiz, enrolment) -> Attempt | None:
    """Return the open attempt of this enrolment; one left open in an earlier cycle of the course is closed."""
    found = quiz.attempts.filter(person=person, state__in=Attempt.OPEN_STATES, enrolment__isnull=False).first()
    if found and found.enrolment_id != enrolment.pk:
        Attempt.objects.filter(pk=found.pk, state__in=Attempt.OPEN_STATES).update(state=State.ABANDONED)
        return None
    if found:
        found = settle(found)
    return found if found and found.is_open else None


def _begin(person, quiz, enrolment, password: str) -> Attempt:
    window, earlier = window_for(quiz, person), earlier_attempts(enrolment.pk, quiz.pk)
    refusal, until = why_not_begin_after(earlier, quiz, window)
    if refusal:
        raise QuizRefused(refusal, **({"at": as_moment(until)} if until else {}))
    if quiz.password and not secrets.compare_digest(quiz.password.encode(), password.strip().encode()):
        raise QuizRefused("password")
    rule, number = rule_for(enrolment, quiz), earlier.last_number + 1
    return _create(person, quiz, enrolment=enrolment, number=number, rule=rule, window=window)


def _next_number(attempts) -> int:
    return (attempts.aggregate(last=Max("number"))["last"] or 0) + 1


def _create(person, quiz, *, enrolment, number, rule, window) -> Attempt:
    """Write an attempt with everything that could change under the learner: rules, times, versions, order."""
    rng = random.Random(random.SystemRandom().getrandbits(64))  # noqa: S311 (an order, not a secret)
    places = lay_out(
        _drawn(list(quiz.slots.all()), rng), rng, shuffle=quiz.shuffle_questions, per_page=quiz.questions_per_page
    )
    versions = _versions(places)
    rules, started_at = _rules(quiz, rule), timezone.now()
    deadline_at, ends_at = (None, None) if window.minutes else times_of(rules, window, started_at)
    attempt = Attempt.objects.create(
        quiz_id=quiz.pk, person=person, enrolment=enrolment, number=number, rules=rules,
        state=State.RESERVED if window.minutes else State.IN_PROGRESS,
        started_at=started_at, deadline_at=deadline_at, ends_at=ends_at,
    )  # fmt: skip
    AttemptQuestion.objects.bulk_create(
        AttemptQuestion(
            attempt=attempt,
            position=position,
            slot_id=place.slot.pk,
            version_id=version.pk,
            arrangement=get_kind(version.kind).arrange(version.data, rng, shuffle=quiz.shuffle_options),
            max_mark=place.slot.max_mark if get_kind(version.kind).is_graded else 0,
            page_number=place.page,
            section=place.section,
        )
        for position, (place, version) in enumerate(zip(places, versions, strict=True), start=1)
    )
    return attempt


def _rules(quiz: QuizPage, rule) -> dict:
    """Return what holds for an attempt; the pass mark is the one of the learner's edition of the course."""
    return {
        "pass_mark": rule.get("pass_mark", quiz.pass_mark),
        "attempts_allowed": quiz.attempts_allowed,
        "rule": rule["rule"],
        "revision": quiz.live_revision_id,
        "shuffle_questions": quiz.shuffle_questions,
        "shuffle_options": quiz.shuffle_options,
        "behaviour": quiz.behaviour,
        "grading_method": quiz.grading_method,
        "minutes": quiz.time_limit_minutes,
        "overdue": quiz.overdue_handling,
        "grace_minutes": quiz.grace_minutes,
        "late_minutes": quiz.late_minutes,
        "sequential": quiz.sequential,
        "two_markers": quiz.second_marker,
        "marking_difference": quiz.marking_difference,
    }


def _drawn(slots: Sequence[QuizSlot], rng: random.Random) -> list[tuple[QuizSlot, int, str]]:
    """Return (slot, question id, section) of every place; raise `QuizRefused` where a pool is too small."""
    if not slots:
        raise QuizRefused("not_ready")
    wanted = [(slot, slot.question_id, _pool_of(slot), slot.draw_count) for slot in slots]
    try:
        return [(slot, question, slot.section) for slot, question in draw(wanted, rng)]
    except TooFewQuestions as error:
        raise QuizRefused("not_ready") from error


def _pool_of(slot: QuizSlot) -> list[int]:
    if slot.category is None:
        return []
    return pool(category=slot.category, below=slot.with_subcategories, tags=slot.tag_names)


def _versions(places) -> list:
    """Return the version that each place asks: the pinned one or the latest ready; all or `QuizRefused`."""
    newest = latest_ready_ids(place.question_id for place in places if not place.slot.pinned_version_id)
    ids = [place.slot.pinned_version_id or newest.get(place.question_id, 0) for place in places]
    found = versions_by_id(ids)
    if any(pk not in found for pk in ids):
        raise QuizRefused("not_ready")
    return [found[pk] for pk in ids]
