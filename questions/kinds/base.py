"""What every kind of question promises. Pure: no Django, no database, exact fractions, nothing trusted.

`data` is what an editor wrote (a version's JSON), `answer` what a learner gave (JSON, None for nothing), `arrangement`
what was shuffled for one attempt, `post` the form that came back (anything with `getlist`, as Django's QueryDict).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from random import Random
from typing import Any, Protocol

from .. import markup
from ..wording import gettext
from .fractions import read_fraction

Data = dict[str, Any]
Answer = dict[str, Any]
Arrangement = dict[str, Any]


class Post(Protocol):
    """A form that came back: one name may have several values."""

    def getlist(self, key: str) -> list[str]: ...


class Outcome(StrEnum):
    """How an answer did, in the words that templates and scripts know."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    NONE = "none"
    WAITING = "waiting"
    UNGRADED = "ungraded"

    @classmethod
    def of(cls, share: Fraction | None) -> "Outcome":
        """Name a share of the mark; None is still to be marked by a person."""
        if share is None:
            return cls.WAITING
        if share >= 1:
            return cls.RIGHT
        return cls.PARTLY if share > 0 else cls.WRONG


@dataclass(frozen=True)
class Remark:
    """What is said about one thing the learner chose or wrote; `text` and `feedback` are safe HTML."""

    id: str
    text: str
    feedback: str
    share: Fraction


@dataclass(frozen=True)
class Feedback:
    """What the learner reads after answering: the outcome and its words, a remark per choice, words for everyone."""

    outcome: Outcome
    share: Fraction | None
    remarks: tuple[Remark, ...]
    general: str
    words: str = ""


@dataclass(frozen=True)
class Review:
    """What a learner may see of a question that has been marked. Their own answer is always shown."""

    correctness: bool = True  # whether what they gave was right
    feedback: bool = True  # what is said about what they gave, and about the outcome
    general: bool = True
    right_answer: bool = True


@dataclass(frozen=True)
class Option:
    """One thing that can be given and what it earns, for tools and lists; `text` and `feedback` are safe HTML."""

    text: str
    fraction: str
    feedback: str = ""


@dataclass(frozen=True)
class Response:
    """One thing that was given, for the statistics: to which part of the question, in plain words, and its share."""

    part: str
    text: str
    share: Fraction | None


@dataclass(frozen=True)
class FileLimits:
    """Which files an answer may hold: how many, of which types (`pdf`; none: any harmless one), of how many bytes."""

    count: int
    types: tuple[str, ...] = ()
    size: int = 10_000_000


@dataclass(frozen=True)
class Row:
    """One option as it stands on the page, in the order of the arrangement."""

    id: str
    text: str
    is_chosen: bool
    is_right: bool
    share: Fraction
    feedback: str

    @property
    def worth(self) -> Outcome:
        """Say what choosing it does: a right option of several answers is right, though it earns only a part."""
        if self.is_right:
            return Outcome.RIGHT
        return Outcome.PARTLY if self.share > 0 else Outcome.WRONG

    def visible(self, review: Review | None) -> dict[str, Any]:
        """Return what the template may know; nothing about right and wrong is in it before the review."""
        marked = review is not None and review.correctness and self.is_chosen
        return {
            "id": self.id,
            "text": self.text,
            "is_chosen": self.is_chosen,
            "outcome": str(self.worth) if marked else "",
            "is_right": review is not None and review.right_answer and self.is_right,
            # Inside a label only words may stand.
            "feedback": markup.inline(self.feedback) if review and review.feedback and self.is_chosen else "",
        }


class ShownRow(Protocol):
    """What `Kind.rows` returns: it knows everything, and tells the template what the review allows."""

    def visible(self, review: Review | None) -> dict[str, Any]: ...


class Kind(ABC):
    """One kind of question. An instance has no state: the registry keeps one of each."""

    name: str
    template: str
    is_graded = True  # False: answers earn nothing (a scale of opinions, a text to read)
    is_answered = True  # False: there is nothing to answer
    is_marked_by_people = False  # True: `grade` returns None for an answer

    @property
    @abstractmethod
    def label(self) -> str:
        """The kind's name for people, in the language of the moment."""

    # --- what an editor wrote ---

    @abstractmethod
    def clean(self, data: Any) -> Data:
        """Return data in the one shape that is stored: known keys, safe HTML, reduced fractions. Never raises."""

    @abstractmethod
    def problems(self, data: Data) -> list[str]:
        """Name everything wrong with cleaned data, in words an editor understands."""

    def validate(self, data: Any) -> list[str]:
        """Name everything wrong with data of any shape; an empty list means that it can be asked."""
        return self.problems(self.clean(data))

    # --- what a learner sees and gives ---

    @abstractmethod
    def arrange(self, data: Data, rng: Random, *, shuffle: bool) -> Arrangement:
        """Decide the order for one attempt; shuffled only where both the question and the quiz want it."""

    @abstractmethod
    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> Sequence[ShownRow]:
        """Return what the template repeats (options, pairs, gaps), arranged, with what was chosen."""

    def context(self, data: Data, answer: Answer | None) -> Mapping[str, Any]:
        """Return what else the template needs; it must give away nothing about what is right."""
        return {}

    def file_limits(self, data: Data) -> FileLimits | None:
        """Say which files an answer may hold; None: no files. Their keys are in `answer["files"]`."""
        return None

    @abstractmethod
    def parse(self, data: Data, post: Post, name: str) -> Answer | None:
        """Read the answer from a form whose fields begin with `name`. Trusts nothing; None for no answer."""

    @abstractmethod
    def fields(self, data: Data, answer: Answer | None, name: str) -> Mapping[str, list[str]]:
        """Return the form fields a browser sends for an answer: the inverse of `parse`."""

    @abstractmethod
    def accept(self, data: Data, answer: Any) -> Answer | None:
        """Return a JSON answer in its one canonical shape; None for nothing or for what does not fit the question."""

    # --- what it is worth ---

    @abstractmethod
    def grade(self, data: Data, answer: Answer | None) -> Fraction | None:
        """Return the share of the mark, -1 to 1; None where a person must mark it."""

    @abstractmethod
    def right_answer(self, data: Data) -> Answer | None:
        """Return an answer that earns the whole mark; None where there is no such thing."""

    @abstractmethod
    def samples(self, data: Data) -> list[Answer]:
        """Return the answers whose marks an editor wants to see in the preview."""

    @abstractmethod
    def feedback(self, data: Data, answer: Answer | None) -> Feedback:
        """Return what is said about an answer."""

    @abstractmethod
    def describe(self, data: Data, answer: Answer | None) -> str:
        """Return an answer as plain text, for lists and exports."""

    # --- for tools and statistics ---

    def options(self, data: Data) -> list[Option]:
        """Return what can be given and what each earns, for `import_questions --json`."""
        return []

    def guess(self, data: Data) -> Fraction | None:
        """Return the share that answering blindly earns on average; None where it cannot be said."""
        return Fraction(0)

    def accepted(self, data: Data) -> list[str]:
        """Say in an editor's words what counts as each answer, where the answer's own text does not (a tolerance)."""
        return []

    def responses(self, data: Data, answer: Answer | None) -> list[Response]:
        """Take an answer apart for counting; equal answers give equal parts and texts. No answer gives nothing."""
        answer = self.accept(data, answer)
        return [Response("", self.describe(data, answer), self.grade(data, answer))] if answer else []

    def problems_of_common(self, data: Data) -> list[str]:
        """Name what is wrong with what every kind has; `problems` of each kind begins with it."""
        return [] if data["text"] else [gettext("The question has no text.")]


COMMON_TEXTS = ("text", "general_feedback")
OUTCOMES = (Outcome.RIGHT, Outcome.PARTLY, Outcome.WRONG)
MOST_HINTS = 10
USUAL_PENALTY = Fraction(1, 3)


def common(data: Any) -> Data:
    """Return the cleaned part of data that every kind has.

    `text` and `general_feedback` always; `outcomes` (`{"right": html, "partly": …, "wrong": …}`), `hints` (a list of
    texts, one after each wrong try) and `penalty` (the share a wrong try costs, `"1/3"` where it is missing) only where
    an editor has set them, so that data without them stays as it was.
    """
    data = data if isinstance(data, dict) else {}
    cleaned: Data = {key: text_of(data, key) for key in COMMON_TEXTS}
    outcomes = {str(key): words for key in OUTCOMES if (words := text_of(data.get("outcomes"), key))}
    given = data.get("hints")
    hints = (
        [text for hint in given if isinstance(hint, str) and (text := markup.block(hint))]
        if isinstance(given, list)
        else []
    )
    penalty = read_fraction(data.get("penalty", USUAL_PENALTY))
    if outcomes:
        cleaned["outcomes"] = outcomes
    if hints:
        cleaned["hints"] = hints[:MOST_HINTS]
    if penalty is not None and penalty != USUAL_PENALTY and 0 <= penalty <= 1:
        cleaned["penalty"] = str(penalty)
    return cleaned


def hints_of(data: Data) -> list[str]:
    """Return the hints of a question, one for each wrong try, in order."""
    return data.get("hints", [])


def penalty_of(data: Data) -> Fraction:
    """Return the share of the mark that each wrong try costs where a quiz allows several, 0 to 1."""
    return read_fraction(data.get("penalty", USUAL_PENALTY)) or Fraction(0)


def outcome_words(data: Data, outcome: Outcome) -> str:
    """Return the editor's words for an outcome, safe HTML; empty where there are none."""
    return data.get("outcomes", {}).get(str(outcome), "")


def text_of(data: Any, key: str) -> str:
    """Return a text of the data as a safe HTML block; empty for anything that is no text."""
    value = data.get(key) if isinstance(data, dict) else None
    return markup.block(value) if isinstance(value, str) else ""


def plain_of(data: Any, key: str) -> str:
    """Return a plain text of the data on one line; empty for anything that is no text."""
    value = data.get(key) if isinstance(data, dict) else None
    return one_line(value) if isinstance(value, str) else ""


def one_line(text: str) -> str:
    """Return words on one line, without what no text holds: control characters, halves of characters."""
    return " ".join(markup.NEVER_TEXT.sub("", text).encode("utf-8", "ignore").decode().split())
