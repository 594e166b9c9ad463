"""Attempts in the words and numbers of a page.

Numbers are rounded here, for the eye, and only downwards: what is shown as 70 % has reached 70 %.
"""

import math
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from completion.queries import next_open
from core.templatetags.core_tags import as_time
from courses.queries import outline_of
from questions import markup
from questions.kinds import Review, get_kind
from questions.kinds.base import hints_of, penalty_of
from questions.points import number
from questions.rendering import AnswerFile as ShownFile
from questions.rendering import ShownQuestion

from . import queries
from .behaviours import ADAPTIVE, CERTAINTIES, CERTAINTY, INTERACTIVE, can_check, tries_allowed
from .deliveries import answer_name, make_token
from .models import AnswerFile, Attempt, Marking
from .queries import AskedQuestion, AttemptScreen, Place
from .reviewing import Moment, Thing, allowed, moment_of
from .rules import can_see_right_answers
from .windows import window_for, window_of

NOTHING: frozenset[Thing] = frozenset()


# --- one page --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuestionCard:
    """One question on a page of an attempt, with what can be done with it.

    `outcome` is empty before a check; `tries_left` None: as many as wished; `lost` is
    what wrong tries before the one that counts cost, as percent of the mark; `hint` is safe HTML; `versions` are the
    two answers to choose from, or None; `certainties` are the choices of how sure one is, empty where it is not asked.
    """

    asked: AskedQuestion
    shown: ShownQuestion
    client_id: uuid.UUID
    max_mark: str
    can_check: bool = False
    is_checked: bool = False
    outcome: str = ""
    tries_left: int | None = None
    earned: str = ""
    penalty: str = ""
    lost: str = ""
    hint: str = ""
    versions: dict[str, Any] | None = None
    certainties: tuple[tuple[int, str, bool], ...] = ()
    can_save: bool = True

    @property
    def position(self) -> int:
        return self.asked.row.position

    @property
    def is_answered(self) -> bool:
        return self.asked.row.answer is not None

    @property
    def received_at(self) -> str:
        return as_time(self.asked.row.answered_at) if self.asked.row.answered_at else ""


def page_context(attempt: Attempt, screen: AttemptScreen) -> dict[str, Any]:
    """Return what `quizzes/question.html` shows: the questions of a page, the places of all, and the clock."""
    return {
        "attempt": attempt,
        "quiz": attempt.quiz,
        "screen": screen,
        "cards": [_card(attempt, asked) for asked in screen.questions],
        "pips": pips(screen),
        "is_sequential": attempt.is_sequential,
        "takes_files": any(get_kind(asked.version.kind).file_limits(asked.version.data) for asked in screen.questions),
        **clock(attempt),
    }


def clock(attempt: Attempt) -> dict[str, Any]:
    """Return what the clock of a page and the evidence of late answers need; nothing for an attempt that has ended."""
    if not attempt.is_open:
        return {"token": ""}
    now = timezone.now()
    left = max((attempt.deadline_at - now).total_seconds(), 0) if attempt.deadline_at else None
    return {"token": make_token(attempt), "server_now": now.isoformat(), "seconds_left": left}


def _card(attempt: Attempt, asked: AskedQuestion) -> QuestionCard:
    row, version, standing = asked.row, asked.version, asked.standing
    behaviour = attempt.behaviour
    kind = get_kind(version.kind)
    checks = attempt.is_open and can_check(behaviour, version.kind)
    shows = _during(attempt) if checks and standing.is_just_checked else NOTHING
    if not row.is_finished:
        shows -= {Thing.GENERAL_FEEDBACK, Thing.MARKS} if behaviour == INTERACTIVE else {Thing.GENERAL_FEEDBACK}
    may_know = row.is_finished and (attempt.is_trial or not attempt.quiz.hold_right_answers)
    review = _review(shows, right_answer=may_know) if shows else None
    share = kind.grade(version.data, row.answer) if standing.is_just_checked else None
    allowed_tries = tries_allowed(behaviour, version.data) if checks else None
    wrong_tries = standing.tries if standing.is_just_checked and (share or 0) < 1 else 0
    hints = hints_of(version.data) if behaviour == INTERACTIVE and not row.is_finished else []
    still = not attempt.is_open or row.is_finished
    return QuestionCard(
        asked=asked,
        shown=shown(attempt, asked, review=review, disabled=still),
        client_id=uuid.uuid4(),
        max_mark=number(Fraction(row.max_mark)),
        can_check=checks and not row.is_finished,
        is_checked=standing.tries > 0,
        outcome=str(kind.feedback(version.data, row.answer).outcome) if Thing.CORRECTNESS in shows else "",
        tries_left=None if allowed_tries is None else max(allowed_tries - standing.tries, 0),
        earned=number((standing.share or Fraction(0)) * Fraction(row.max_mark)) if Thing.MARKS in shows else "",
        penalty=percent(penalty_of(version.data)) if checks and behaviour in (INTERACTIVE, ADAPTIVE) else "",
        lost=_lost(version.data, standing.tries) if behaviour == INTERACTIVE and row.is_finished else "",
        hint=hints[wrong_tries - 1] if 0 < wrong_tries <= len(hints) else "",
        versions=_both_versions(asked),
        certainties=_certainties(row.certainty) if behaviour == CERTAINTY and kind.is_graded and not still else (),
        can_save=kind.is_answered and not still,
    )


def _lost(data: dict[str, Any], tries: int) -> str:
    return percent(min(penalty_of(data) * (tries - 1), Fraction(1))) if tries > 1 else ""


def _during(attempt: Attempt) -> frozenset[Thing]:
    return allowed(attempt.quiz.review, Moment.DURING)


def _certainties(chosen: int | None) -> tuple[tuple[int, str, bool], ...]:
    words = (_("Not sure"), _("Fairly sure"), _("Very sure"))
    return tuple((value, word, value == chosen) for value, word in zip(CERTAINTIES, words, strict=True))


def _both_versions(asked: AskedQuestion) -> dict[str, Any] | None:
    if asked.other is None:
        return None
    kind = get_kind(asked.version.kind)
    return {
        "in_force": kind.describe(asked.version.data, asked.row.answer),
        "in_force_at": asked.row.answered_at,
        "other": kind.describe(asked.version.data, asked.other.answer),
        "other_at": asked.other.received_at,
    }


def shown(
    attempt: Attempt, asked: AskedQuestion, *, review: Review | None = None, disabled: bool = True
) -> ShownQuestion:
    """Return a question for its template tag."""
    return ShownQuestion(
        kind=asked.version.kind,
        data=asked.version.data,
        arrangement=asked.row.arrangement,
        answer=asked.row.answer,
        name=answer_name(asked.row.position),
        disabled=disabled,
        review=review,
        files=tuple(ShownFile(str(file.key), file.name, file.size, file_url(attempt, file)) for file in asked.files),
        upload_url="" if disabled else reverse("quizzes:upload", args=[attempt.key, asked.row.position]),
    )


def file_url(attempt: Attempt, file: AnswerFile) -> str:
    """Return where the owner gets a file of an answer."""
    return reverse("quizzes:download", args=[attempt.key, file.key])


def _review(things: frozenset[Thing], *, right_answer: bool) -> Review:
    return Review(
        correctness=Thing.CORRECTNESS in things,
        feedback=Thing.FEEDBACK in things,
        general=Thing.GENERAL_FEEDBACK in things,
        right_answer=Thing.RIGHT_ANSWER in things and right_answer,
    )


def pips(screen: AttemptScreen) -> list[dict]:
    """Return the places as the pips component draws them. They are no links: a link would leave an answer behind."""
    return [
        {
            "label": _pip_label(place, now=place.page == screen.page),
            "state": "now" if place.page == screen.page else "answered" if place.is_answered else "",
        }
        for place in screen.places
        if place.is_asked
    ]


def _pip_label(place: Place, *, now: bool) -> str:
    states = [_("answered") if place.is_answered else _("not answered")]
    if place.is_flagged:
        states.append(_("to look at again"))
    if now:
        states.append(_("this question"))
    return _("Question %(number)s: %(states)s") % {"number": place.number, "states": ", ".join(states)}


# --- before and after submitting -------------------------------------------------------------------------------------


def overview_context(attempt: Attempt) -> dict[str, Any]:
    """Return what `quizzes/overview.html` shows: every question's state before submitting."""
    places = [place for place in queries.attempt_places(attempt) if place.is_asked]
    return {
        "attempt": attempt,
        "quiz": attempt.quiz,
        "places": places,
        "waiting": queries.waiting_positions(attempt),
        "unanswered": sum(not place.is_answered for place in places),
        "flagged": sum(place.is_flagged for place in places),
        "is_overdue": attempt.state == Attempt.State.OVERDUE,
        "is_sequential": attempt.is_sequential,
        "can_go_back": attempt.state != Attempt.State.OVERDUE and not attempt.is_sequential,
        "client_id": uuid.uuid4(),
        **clock(attempt),
    }


@dataclass(frozen=True)
class ReviewItem:
    """A question in the review: what it got of its mark, and words for those who do not see colours."""

    asked: AskedQuestion
    shown: ShownQuestion
    earned: str
    max_mark: str
    outcome: str
    comment: str = ""
    certainty: str = ""

    @property
    def position(self) -> int:
        return self.asked.row.position

    @property
    def number(self) -> int:
        return self.asked.number


def result_context(attempt: Attempt) -> dict[str, Any]:
    """Return what `quizzes/result.html` shows: the result and what the quiz lets the learner look at now."""
    quiz, now = attempt.quiz, timezone.now()
    window = window_of(quiz) if attempt.is_trial else window_for(quiz, attempt.person)
    left = queries.attempts_left_after(attempt, window)
    closes_at = None if attempt.is_trial else window.closes_at
    moment = moment_of(is_open=False, submitted_at=attempt.submitted_at, closes_at=closes_at, now=now)
    things = allowed(quiz.review, moment)
    may_know = not quiz.hold_right_answers or can_see_right_answers(attempt, left)
    questions = queries.reviewed_questions(attempt)
    course = outline_of(quiz)
    return {
        "attempt": attempt,
        "quiz": quiz,
        "things": {str(thing) for thing in things},
        "percent": percent(attempt.score),
        "marks": marks(attempt, questions),
        "items": review_items(attempt, questions, things=things, right_answers=may_know),
        "right_answers": may_know,
        "to_mark": sum(asked.row.needs_mark for asked in questions),
        "late": queries.late_answers(attempt),
        "regrades": queries.regrades_of(attempt, questions),
        "attempts_left": left,
        "course": course,
        "next": next_open(attempt.person, course, attempt.quiz_id) if course else None,
    }


def review_items(
    attempt: Attempt, questions: Iterable[AskedQuestion], *, things: frozenset[Thing], right_answers: bool
) -> list[ReviewItem]:
    """Return every question as the learner may look back at it; `right_answers` says whether those are named."""
    comments = _comments(attempt, questions) if Thing.FEEDBACK in things else {}
    return [
        ReviewItem(
            asked=asked,
            shown=shown(attempt, asked, review=_review(things, right_answer=right_answers)),
            earned="" if asked.row.share is None else number(asked.row.share * Fraction(asked.row.max_mark)),
            max_mark=number(Fraction(asked.row.max_mark)),
            outcome=_outcome(asked) if Thing.CORRECTNESS in things else "",
            comment=comments.get(asked.row.pk, ""),
            certainty=_certainty_word(attempt, asked),
        )
        for asked in questions
    ]


def _certainty_word(attempt: Attempt, asked: AskedQuestion) -> str:
    """Return how sure the learner was; an answer without it counts as given in doubt, and that is said."""
    if attempt.behaviour != CERTAINTY or asked.row.answer is None:
        return ""
    if not get_kind(asked.version.kind).is_graded:
        return ""
    words = {value: word for value, word, _now in _certainties(None)}
    return words.get(asked.row.certainty) or _("no certainty chosen: counts as “Not sure”")


def _outcome(asked: AskedQuestion) -> str:
    return str(get_kind(asked.version.kind).feedback(asked.version.data, asked.row.answer).outcome)


def _comments(attempt: Attempt, questions: Iterable[AskedQuestion]) -> dict[int, str]:
    """Return the newest comment of a marker on each question that people mark."""
    by_people = [asked.row.pk for asked in questions if get_kind(asked.version.kind).is_marked_by_people]
    if not by_people or attempt.state != Attempt.State.GRADED:
        return {}
    told = Marking.objects.filter(question__in=by_people).exclude(comment="").order_by("pk")
    return {question: markup.block(comment) for question, comment in told.values_list("question", "comment")}


# --- numbers ---------------------------------------------------------------------------------------------------------


def percent(share: Fraction | None) -> str:
    """Write a share (0 to 1) as whole percent, rounded down; empty before grading."""
    return "" if share is None else _("%(number)s%%") % {"number": math.floor(share * 100)}


def marks(attempt: Attempt, questions: Iterable[AskedQuestion]) -> dict[str, str]:
    """Return the marks earned and those that could be, as text; the earned ones never below 0."""
    possible = sum((Fraction(asked.row.max_mark) for asked in questions), Fraction(0))
    return {"earned": number((attempt.score or Fraction(0)) * possible), "possible": number(possible)}
