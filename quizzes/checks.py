"""What an editor's wishes for a quiz come to: what can be drawn now, what stands in each other's way, what to know.

The form of a quiz refuses with these words; the screen shows the same ones while the editor is still choosing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.activities import CompletionRule
from questions.kinds import get_kind
from questions.kinds.base import hints_of
from questions.models import Category, Question, QuestionVersion
from questions.queries import latest_ready, pool

from .behaviours import CERTAINTY, CHECKING, INTERACTIVE
from .layout import first_short


@dataclass(frozen=True)
class Wish:
    """A slot as an editor wants it: a question with the version it is held to, or a draw; neither where unfinished."""

    question: Question | None = None
    version: QuestionVersion | None = None
    category: Category | None = None
    below: bool = True
    tags: tuple[str, ...] = ()
    count: int = 1
    mark: Decimal = Decimal(1)


@dataclass(frozen=True)
class Finding:
    """What one wish comes to: `problem` is why it cannot be, with its cure; `kinds` are those it may ask."""

    problem: str = ""
    field: str = "question"
    pool: int | None = None
    version: QuestionVersion | None = None
    kinds: frozenset[str] = frozenset()
    total: Decimal = Decimal(0)


def examine(wishes: Sequence[Wish]) -> list[Finding]:
    """Return what each wish comes to, all of them counted together."""
    latest = latest_ready([wish.question.pk for wish in wishes if wish.question])
    pools = [_pool_of(wish) for wish in wishes]
    kinds = dict(Question.objects.filter(pk__in=set().union(*pools)).values_list("pk", "kind")) if any(pools) else {}
    short = first_short(
        [
            (wish.question.pk if wish.question else None, pool, _drawn(wish))
            for wish, pool in zip(wishes, pools, strict=True)
        ]
    )
    fixed: set[int] = {wish.question.pk for wish in wishes if wish.question}
    seen: set[int] = set()
    findings = []
    for index, (wish, ids) in enumerate(zip(wishes, pools, strict=True)):
        if wish.question:
            findings.append(_fixed(wish.question, wish, latest.get(wish.question.pk), seen))
        elif wish.category:
            free = [one for one in ids if one not in fixed]
            sure = short[1] if short and short[0] == index else None
            findings.append(_random(wish, free, sure, frozenset(kinds[one] for one in free)))
        else:
            findings.append(Finding())
    return findings


def _pool_of(wish: Wish) -> list[int]:
    return pool(category=wish.category, below=wish.below, tags=wish.tags) if wish.category and not wish.question else []


def _drawn(wish: Wish) -> int:
    return wish.count if wish.category else 0


def _fixed(question: Question, wish: Wish, latest: QuestionVersion | None, seen: set[int]) -> Finding:
    field, problem = "question", ""
    if question.pk in seen:
        problem = _("This question stands in the quiz already. Take it out here or there.")
    elif wish.version and not wish.version.is_ready:
        field, problem = "pinned_version", _("This version is not ready. Choose another one, or the latest.")
    elif latest is None:
        problem = _("This question has no version that is ready. Finish it first.")
    seen.add(question.pk)
    total = wish.mark if get_kind(question.kind).is_graded else Decimal(0)
    return Finding(problem, field, None, wish.version or latest, frozenset({question.kind}), total)


def _random(wish: Wish, free: list[int], sure: int | None, kinds: frozenset[str]) -> Finding:
    problem = ""
    if sure is not None and sure == len(free):
        problem = ngettext(
            "This draws %(count)d, but only %(number)d question is ready there. Draw fewer, widen the choice, or "
            "make more questions ready.",
            "This draws %(count)d, but only %(number)d questions are ready there. Draw fewer, widen the choice, or "
            "make more questions ready.",
            sure,
        ) % {"count": wish.count, "number": sure}  # fmt: skip
    elif sure is not None:
        problem = _(
            "Together with the other draws from the same questions only %(number)d of %(count)d are certain here. "
            "Draw fewer, or from questions of their own."
        ) % {"count": wish.count, "number": sure}  # fmt: skip
    is_graded = any(get_kind(kind).is_graded for kind in kinds)
    total = wish.mark * wish.count if is_graded else Decimal(0)
    return Finding(problem, "draw_count", len(free), None, kinds, total)


# --- the quiz as a whole ----------------------------------------------------------------------------------------------


def kinds_of(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the kinds of question that learners may meet."""
    return frozenset().union(*(finding.kinds for finding in findings))


def marked_by_people(kinds: Iterable[str]) -> bool:
    return any(get_kind(kind).is_marked_by_people for kind in kinds)


def conflicts(settings: Mapping[str, Any], findings: Sequence[Finding]) -> list[tuple[str | None, str]]:
    """Return (field, words with the cure) for everything that makes the quiz one that cannot be meant."""
    kinds = kinds_of(findings)
    return [*_times(settings), *_behaviour(settings, kinds), *_marks(settings, findings, kinds)]


def _times(settings):
    opens, closes, limit = (settings.get(name) for name in ("opens_at", "closes_at", "time_limit_minutes"))
    if not (opens and closes):
        return
    if closes <= opens:
        yield "closes_at", _("The quiz closes before it opens. Choose a later time, or leave one of them empty.")
    elif limit and settings.get("closing_ends_attempts") and timedelta(minutes=limit) > closes - opens:
        yield (
            "time_limit_minutes",
            _("The quiz is open for a shorter time than this. Lower the limit, or let it close later."),
        )


def _behaviour(settings, kinds):
    if settings.get("behaviour") == CERTAINTY and marked_by_people(kinds):
        yield (
            "behaviour",
            _(
                "Certainty weighs only answers that are marked by themselves. Choose “all at the end”, or take out the "
                "questions that people mark."
            ),
        )


def _marks(settings, findings, kinds):
    graded = any(get_kind(kind).is_graded for kind in kinds)
    if graded and not sum(finding.total for finding in findings):
        yield None, _("All marks are 0, so nobody could pass. Give at least one question a mark.")
    rule = settings.get("completion_rule") or CompletionRule.PASSED
    if kinds and not graded and rule == CompletionRule.PASSED and settings.get("pass_mark"):
        yield "pass_mark", _(
            "No question here earns a mark, so nobody could pass. Set the pass mark to 0, or let the quiz be complete "
            "when a mark was given."
        )  # fmt: skip


def notes(settings: Mapping[str, Any], findings: Sequence[Finding]) -> list[str]:
    """Return what an editor should know about a quiz that can be taken as it is."""
    kinds, behaviour, told = kinds_of(findings), settings.get("behaviour"), []
    if behaviour in CHECKING and marked_by_people(kinds):
        told.append(_("Essays and files cannot be checked at once: people mark them after the attempt."))
    if behaviour == INTERACTIVE and (without := sum(map(_has_one_try, findings))):
        told.append(
            ngettext(
                "%(number)d question has no hints, so it has one try only.",
                "%(number)d questions have no hints, so they have one try only.",
                without,
            )
            % {"number": without}
        )
    if settings.get("password"):
        told.append(_("Nobody begins without the password: tell it to those who may, in the room for example."))
    if settings.get("closes_at") and settings["closes_at"] <= timezone.now():
        told.append(_("The closing time is over: nobody can begin."))
    return told


def _has_one_try(finding: Finding) -> bool:
    if finding.version is None:
        return False
    kind = get_kind(next(iter(finding.kinds)))
    return kind.is_graded and not kind.is_marked_by_people and not hints_of(finding.version.data)


def total_text(findings: Iterable[Finding]) -> str:
    """Say the sum of the marks."""
    total = sum((finding.total for finding in findings), Decimal(0)).normalize()
    return _("Marks altogether: %(total)s") % {"total": number_format(Decimal(f"{total:f}"), use_l10n=True)}
