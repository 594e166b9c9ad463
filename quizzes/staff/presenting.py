"""Attempts, late answers and their evidence in plain words."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.core_tags import as_moment
from core.zones import zone_label
from questions import markup
from questions.kinds import get_kind
from questions.points import number
from questions.queries import AskedVersion, versions_by_id

from ..access import attempts_to_mark
from ..models import AnswerFile, AnswerStep, Attempt, AttemptQuestion, Marking, RegradeChange
from ..presenting import percent

MOST_STEPS = 500
LONGEST = 300  # characters of an answer in the history


# --- one attempt -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StepShown:
    """One step of the history: what was done, when by both clocks, and what became of it."""

    step: AnswerStep
    what: str
    answer: str
    became: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class AnswerShown:
    """One question of an attempt as staff see it. `is_veiled`: it waits to be marked without a name."""

    row: AttemptQuestion
    text: str
    answer: str
    right_answer: str
    earned: str
    max_mark: str
    is_veiled: bool
    may_change: bool
    files: tuple[AnswerFile, ...]
    markings: tuple[Marking, ...]
    regrades: tuple[RegradeChange, ...]
    steps: tuple[StepShown, ...]


def is_veiled(attempt: Attempt, row: AttemptQuestion) -> bool:
    """Say whether an answer is hidden here: from its first word to its mark nobody shall match it with a name."""
    if not attempt.quiz.anonymous_marking or row.share is not None or attempt.state == Attempt.State.ABANDONED:
        return False
    return get_kind(versions_by_id([row.version_id])[row.version_id].kind).is_marked_by_people


def attempt_context(user, attempt: Attempt) -> dict[str, Any]:
    """Return everything about an attempt from which its mark can be explained."""
    rows = list(attempt.questions.order_by("position"))
    versions = versions_by_id(row.key_version_id or row.version_id for row in rows)
    steps, is_cut = _steps(attempt)
    files, markings, regrades = _files(attempt), _markings(attempt), _regrades(attempt)
    may_mark = attempt.state == Attempt.State.GRADED and attempts_to_mark(user).filter(pk=attempt.pk).exists()
    return {
        "attempt": attempt,
        "percent": percent(attempt.score),
        "answers": [
            _answer(
                attempt, row, versions[row.key_version_id or row.version_id], steps, files, markings, regrades, may_mark
            )
            for row in rows
        ],
        "others": [_step(step, None, None, False) for step in steps[None]],
        "is_cut": is_cut,
        "most_steps": MOST_STEPS,
        "zone": zone_label(timezone.get_current_timezone_name()),
    }


def _steps(attempt: Attempt) -> tuple[dict[int | None, list[AnswerStep]], bool]:
    newest = attempt.steps.select_related("decided_by", "decision__decided_by").order_by("-sequence")[: MOST_STEPS + 1]
    found = list(newest)
    by_question: dict[int | None, list[AnswerStep]] = defaultdict(list)
    for step in reversed(found[:MOST_STEPS]):
        by_question[step.question_id].append(step)
    return by_question, len(found) > MOST_STEPS


def _files(attempt: Attempt) -> dict[str, AnswerFile]:
    return {str(file.key): file for file in AnswerFile.objects.filter(question__attempt=attempt)}


def _markings(attempt: Attempt) -> dict[int, list[Marking]]:
    """Return people's marks by question once the attempt is graded: before that a second marker could read them."""
    marks: dict[int, list[Marking]] = defaultdict(list)
    if attempt.state == Attempt.State.GRADED:
        for mark in Marking.objects.filter(question__attempt=attempt).select_related("marker"):
            marks[mark.question_id].append(mark)
    return marks


def _regrades(attempt: Attempt) -> dict[int, list[RegradeChange]]:
    changes: dict[int, list[RegradeChange]] = defaultdict(list)
    found = RegradeChange.objects.filter(question__attempt=attempt).select_related("regrade__made_by")
    for change in found.order_by("regrade__made_at", "pk"):
        changes[change.question_id].append(change)
    return changes


def _answer(attempt, row, version: AskedVersion, steps, files, markings, regrades, may_mark: bool) -> AnswerShown:
    kind, veiled = get_kind(version.kind), is_veiled(attempt, row)
    right = kind.right_answer(version.data)
    keys = () if veiled else (row.answer or {}).get("files", ())
    return AnswerShown(
        row=row,
        text=version.data["text"],
        answer="" if veiled else kind.describe(version.data, row.answer),
        right_answer=kind.describe(version.data, right) if right else "",
        earned="" if row.share is None else number(row.share * Fraction(row.max_mark)),
        max_mark=number(Fraction(row.max_mark)),
        is_veiled=veiled,
        may_change=may_mark and kind.is_marked_by_people and row.answer is not None and bool(row.max_mark),
        files=tuple(files[key] for key in keys if key in files),
        markings=tuple(markings[row.pk]),
        regrades=tuple(regrades[row.pk]),
        steps=tuple(_step(step, row, version, veiled) for step in steps[row.pk]),
    )


def _step(step: AnswerStep, row: AttemptQuestion | None, version: AskedVersion | None, veiled: bool) -> StepShown:
    shows = step.kind == AnswerStep.Kind.ANSWER and not veiled
    return StepShown(
        step=step,
        what=_what(step),
        answer=answer_words(version, step.answer) if version and shows else "",
        became=_became(step, row),
        evidence=evidence_words(step, step.attempt.deadline_at) if step.evidence else (),
    )


def _what(step: AnswerStep) -> str:
    if step.kind == AnswerStep.Kind.FLAG:
        return _("flagged") if (step.answer or {}).get("flagged") else _("flag removed")
    return step.get_kind_display()


def _became(step: AnswerStep, row: AttemptQuestion | None) -> str:
    if step.held:
        decision = getattr(step, "decision", None)
        told = step.get_held_display()
        return f"{told}: {_decided(decision)}" if decision else told
    if step.decided_by:
        return _("counts by decision of %(name)s") % {"name": step.decided_by}
    return _("the answer that counts") if row is not None and row.sequence == step.sequence else ""


def _decided(decision) -> str:
    told = {"name": decision.decided_by, "reason": decision.reason}
    if decision.counts:
        return _("accepted by %(name)s (%(reason)s)") % told
    return _("refused by %(name)s (%(reason)s)") % told


def answer_words(version: AskedVersion, answer: Any) -> str:
    """Describe an answer in a line."""
    return Truncator(get_kind(version.kind).describe(version.data, answer)).chars(LONGEST)


# --- late answers ----------------------------------------------------------------------------------------------------


def evidence_words(step: AnswerStep, deadline: dt.datetime | None) -> tuple[str, ...]:
    """Say in plain words what speaks for the moment at which an answer was written, line by line."""
    told = step.evidence or {}
    issued, then, written = (
        parse_datetime(told.get(name) or "") for name in ("issued_at", "device_then", "written_at")
    )
    lines = []
    if not told.get("signed"):
        lines.append(_("The page carries no valid signature of this site: nothing proves when it was opened."))
    elif issued:
        lines.append(_("We gave out the page on %(at)s and signed it.") % {"at": as_moment(issued)})
    if then:
        lines.append(_("The clock of the device said then: %(at)s.") % {"at": as_moment(then)})
    if step.device_at:
        lines.append(_("It said when the answer was written: %(at)s.") % {"at": as_moment(step.device_at)})
    if written:
        lines.append(_("Written, by our reckoning: %(at)s") % {"at": as_moment(written)} + _against(written, deadline))
    elif told.get("signed"):
        lines.append(_("The clock of the device was changed meanwhile, or told nothing: the moment is unknown."))
    lines.append(_("Received: %(at)s") % {"at": as_moment(step.received_at)} + _against(step.received_at, deadline))
    return tuple(lines)


def _against(moment: dt.datetime, deadline: dt.datetime | None) -> str:
    """Say how a moment lies to the deadline: `, 3 minutes before the time was up.`"""
    if deadline is None:
        return "."
    minutes = int(abs(moment - deadline).total_seconds() // 60)
    if moment <= deadline:
        words = ngettext(
            ", %(count)d minute before the time was up.", ", %(count)d minutes before the time was up.", minutes
        )
    else:
        words = ngettext(
            ", %(count)d minute after the time was up.", ", %(count)d minutes after the time was up.", minutes
        )
    return words % {"count": minutes}


@dataclass(frozen=True)
class LateShown:
    """A late answer with what it would replace and what speaks for it; `is_marked`: a person has marked the other."""

    step: AnswerStep
    question: str
    answer: str
    in_force: str
    evidence: tuple[str, ...]
    is_marked: bool


def late_rows(steps: list[AnswerStep]) -> list[LateShown]:
    """Return late answers for the list; two queries at most."""
    held = [(step, step.question) for step in steps if step.question]
    versions = versions_by_id(row.version_id for _late_step, row in held)
    marks = Marking.objects.filter(question__in=[row.pk for _late_step, row in held])
    marked = set(marks.values_list("question", flat=True))
    return [_late(step, row, versions[row.version_id], row.pk in marked) for step, row in held]


def _late(step: AnswerStep, row: AttemptQuestion, version: AskedVersion, is_marked: bool) -> LateShown:
    # Whether an answer counts does not hang on what it says: one that is marked without a name is not shown beside it.
    veiled = is_veiled(step.attempt, row)
    return LateShown(
        step=step,
        question=Truncator(version_title(version)).chars(120),
        answer=_("marked without a name") if veiled else answer_words(version, step.answer),
        in_force="" if veiled else answer_words(version, row.answer),
        evidence=evidence_words(step, step.attempt.deadline_at),
        is_marked=is_marked,
    )


def version_title(version: AskedVersion) -> str:
    """Return the words of a question on one line."""
    return markup.plain(version.data["text"])
