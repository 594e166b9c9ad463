"""What every kind of question promises. Pure: no Django, no database, exact fractions, nothing trusted.

`data` is what an editor wrote (a version's JSON), `answer` what a learner gave (JSON, None for nothing), `arrangement`
what was shuffled for one attempt, `post` the form that came back (anything with `getlist`, as Django's QueryDict).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from random import Random
from typing import Any, Protocol

from .. import markup

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
    """What the learner reads after answering: the outcome, a remark per choice, and words for everyone."""

    outcome: Outcome
    share: Fraction | None
    remarks: tuple[Remark, ...]
    general: str


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


class Kind(ABC):
    """One kind of question. An instance has no state: the registry keeps one of each."""

    name: str
    template: str

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
    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> list[Any]:
        """Return what the template repeats (options, pairs, gaps), arranged, with what was chosen."""

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


def text_of(data: Any, key: str) -> str:
    """Return a text of the data as a safe HTML block; empty for anything that is no text."""
    value = data.get(key) if isinstance(data, dict) else None
    return markup.block(value) if isinstance(value, str) else ""
