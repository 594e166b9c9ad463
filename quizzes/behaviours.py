"""When an answer is marked, and what it earns after how many tries. Pure: the same events give the same standing.

| behaviour | a check | the share of the mark |
|---|---|---|
| deferred | none | that of the last answer |
| immediate | ends the question | that of the answer checked, else of the last |
| interactive | wrong: a hint and another try, one more than there are hints | minus the penalty for each try before |
| adaptive | as often as wished | the best of all tries, each minus the penalty for each different try before |
| certainty | none | times 1/3, 2/3 or 1 when right, 0, -2/3 or -2 when wrong, for certainty 1 to 3 |

Interactive and adaptive are Moodle's; certainty is A. R. Gardner-Medwin's scheme (1, 2, 3 for right and 0, -2, -6 for
wrong answers), divided by 3 so that right and certain earns the whole mark.
The same answer checked again is no new try: a second tap costs nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from questions.kinds import get_kind
from questions.kinds.base import hints_of, penalty_of

DEFERRED, IMMEDIATE, INTERACTIVE, ADAPTIVE, CERTAINTY = "deferred", "immediate", "interactive", "adaptive", "certainty"
CHECKING = (IMMEDIATE, INTERACTIVE, ADAPTIVE)
RIGHT_AND = {1: Fraction(1, 3), 2: Fraction(2, 3), 3: Fraction(1)}
WRONG_AND = {1: Fraction(0), 2: Fraction(-2, 3), 3: Fraction(-2)}
CERTAINTIES = tuple(RIGHT_AND)
LOWEST_SHARE = WRONG_AND[3]


@dataclass(frozen=True)
class Event:
    """An answer (None: cleared) with its certainty, or the check of the answer in force."""

    answer: Any = None
    certainty: int | None = None
    is_check: bool = False


@dataclass(frozen=True)
class Standing:
    """Where a question stands: the answer in force, the share it earns if no more comes, and what was tried.

    `share` None: a person must mark it. `is_finished`: checked for good, no more answers. `checked` is the answer of
    the last check, `raw` what that answer earns without penalties, None before a check.
    """

    answer: Any
    certainty: int | None
    share: Fraction | None
    tries: int
    is_finished: bool
    checked: Any = None
    raw: Fraction | None = None

    @property
    def is_just_checked(self) -> bool:
        """Say whether the answer on the page is the one that was checked last: its feedback may stand beside it."""
        return self.tries > 0 and self.checked == self.answer


def can_check(behaviour: str, kind_name: str) -> bool:
    """Say whether a question of this kind has a button for checking."""
    kind = get_kind(kind_name)
    return behaviour in CHECKING and kind.is_graded and kind.is_answered and not kind.is_marked_by_people


def tries_allowed(behaviour: str, data: Mapping[str, Any]) -> int | None:
    """Return how often a question may be checked; None: as often as wished."""
    if behaviour == IMMEDIATE:
        return 1
    return len(hints_of(dict(data))) + 1 if behaviour == INTERACTIVE else None


def stand(behaviour: str, kind_name: str, data: Mapping[str, Any], events: Iterable[Event]) -> Standing:
    """Follow the accepted events of one question in their order; `share` is what it earns if it ends here."""
    standing = Standing(None, None, Fraction(0), 0, False)
    tried: list[tuple[Any, Fraction]] = []
    for event in events:
        if standing.is_finished:
            break
        if not event.is_check:
            standing = _replaced(standing, answer=event.answer, certainty=event.certainty)
        elif can_check(behaviour, kind_name) and standing.answer is not None:
            standing = _check(behaviour, kind_name, data, standing, tried)
    return _replaced(standing, share=_share(behaviour, kind_name, data, standing, tried))


def _check(behaviour, kind_name, data, standing, tried) -> Standing:
    before = tried if behaviour == ADAPTIVE else tried[-1:] if behaviour == INTERACTIVE else []
    for answer, raw in before:
        if answer == standing.answer:
            return _replaced(standing, checked=answer, raw=raw)
    raw = get_kind(kind_name).grade(data, standing.answer) or Fraction(0)
    tried.append((standing.answer, raw))
    allowed = tries_allowed(behaviour, data)
    finished = allowed is not None and (raw >= 1 or len(tried) >= allowed)
    return _replaced(standing, tries=len(tried), is_finished=finished, checked=standing.answer, raw=raw)


def _share(behaviour, kind_name, data, standing, tried) -> Fraction | None:
    if standing.answer is None and not tried:
        return Fraction(0)
    kind = get_kind(kind_name)
    raw = kind.grade(data, standing.answer)
    if raw is None or not kind.is_graded or behaviour in (DEFERRED, IMMEDIATE):
        return raw
    if behaviour == CERTAINTY:
        certainty = standing.certainty or 1
        return raw * RIGHT_AND[certainty] if raw > 0 else WRONG_AND[certainty]
    known = [answer for answer, _raw in (tried if behaviour == ADAPTIVE else tried[-1:])]
    if standing.answer is not None and standing.answer not in known:
        tried = [*tried, (standing.answer, raw)]
    penalty = penalty_of(dict(data))
    earned = [max(share - penalty * number, min(share, Fraction(0))) for number, (_answer, share) in enumerate(tried)]
    return max(earned) if behaviour == ADAPTIVE else earned[-1]


def _replaced(standing: Standing, **changed: Any) -> Standing:
    return Standing(**{**vars(standing), **changed})
