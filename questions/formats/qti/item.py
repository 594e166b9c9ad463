"""What the readers of QTI's interactions share: an item taken apart, samples of responses, what they earn. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element

from ... import markup
from ...kinds.ids import OPTION_ID, free_id, option_id
from ...wording import gettext
from .body import PLACE, Body
from .processing import Declaration, NotKnown, Rules, Value, read_share

GAP = "_____"
MOST_WORK = 200_000  # elements of rules times responses tried, for one interaction
PREFIX = re.compile(r"(?:option|pair|choice|item|area|statement|level)_([a-z0-9]{1,8})")
EMPTY = re.compile(r"<p>\s*</p>")


class Cannot(Exception):
    """The item cannot be a question of ours; the message says why and the cure."""


@dataclass(frozen=True)
class Sample:
    """Responses, the same as an answer of our kind (None: not compared), and the options or answers it is about."""

    given: dict[str, Value]
    answer: dict[str, Any] | None = None
    keys: tuple[int, ...] = ()


@dataclass
class Read:
    """What a kind's reader found; `remarks` are the parts of its data that take feedback, `names` their identifiers."""

    kind: str
    data: dict[str, Any]
    samples: list[Sample] = field(default_factory=list)
    best: Fraction = Fraction(1)
    remarks: list[dict[str, Any]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


@dataclass
class Item:
    """An item taken apart."""

    root: Element
    rules: Rules
    body: Body
    text: str = ""
    notices: list[str] = field(default_factory=list)
    work: int = 0
    size: int = field(init=False)  # how many steps carrying out the rules once takes, at most

    def __post_init__(self) -> None:
        rules = self.rules.processing
        self.size = 5 + (sum(1 for _element in rules.iter()) if rules is not None else 0)

    def marks(self, given: dict[str, Value]) -> Fraction:
        """Ask the item's rules what responses earn. Raises Cannot."""
        return self.ask(given)[0]

    def ask(self, given: dict[str, Value]) -> tuple[Fraction, dict[str, Value]]:
        """Return the marks and all outcomes of responses. Raises Cannot."""
        self.work += self.size
        if self.work > 5 * MOST_WORK:
            raise Cannot(gettext("Its rules of marking are too long to be carried out."))
        try:
            outcomes = self.rules.run(given)
        except NotKnown as unknown:
            raise Cannot(
                gettext("Its marks follow rules that we cannot carry out (%(name)s). Give it a standard template.")
                % {"name": unknown}
            ) from None
        marks = outcomes.get(self.rules.score)
        return marks if isinstance(marks, Fraction) else Fraction(0), outcomes


def only(item: Item) -> tuple[Element, Declaration]:
    """Return the one interaction and the declaration of its response. Raises Cannot."""
    interaction = item.body.interactions[0]
    return interaction, declared(item, interaction)


def declared(item: Item, interaction: Element) -> Declaration:
    """Return the declaration of an interaction's response. Raises Cannot."""
    known = item.rules.responses.get(interaction.get("responseIdentifier", ""))
    if known is None:
        raise Cannot(
            gettext("The response “%(name)s” is not declared.") % {"name": interaction.get("responseIdentifier", "")}
        )
    return known


def stem(item: Item, gap: str = "") -> str:
    """Return the text of the item without the places of interactions; `gap` stands where words go on after one."""
    is_inside = bool(gap and markup.plain(PLACE.split(item.text)[-1]))
    return EMPTY.sub("", PLACE.sub(gap if is_inside else "", item.text))


def own_ids(identifiers: list[str], make: Callable[[int], str] = option_id) -> list[str]:
    """Return our ids for QTI's identifiers: those that we wrote come back, short ones stay, others are numbered."""
    found = []
    for identifier in identifiers:
        ours = PREFIX.fullmatch(identifier)
        own = ours.group(1) if ours else identifier
        found.append(own if OPTION_ID.fullmatch(own) and own not in found else "")
    for number, own in enumerate(found):
        if not own:
            found[number] = free_id({other for other in found if other}, make)
    return found


def is_shuffled(interaction: Element) -> bool:
    """Say whether what is offered may be shown in any order."""
    return interaction.get("shuffle", "false") in {"true", "1"}


def share_of(marks: Fraction, best: Fraction) -> str:
    """Return marks as the share of the best, as our data has it."""
    return str(marks / best) if best else "0"


def is_unmarked(known: Declaration, item: Item) -> bool:
    """Say whether nothing in the item tells what is right."""
    return not known.correct and known.marks is None and not item.rules.has_rules


def best_of(marks: list[Fraction]) -> Fraction:
    """Return the best marks that can be had. Raises Cannot where there are none."""
    best = max(marks, default=Fraction(0))
    if best <= 0:
        raise Cannot(gettext("No answer earns a mark. Mark the right one in the system that it comes from."))
    return best


def declared_mark(item: Item) -> Fraction:
    """Return the marks that the item says it is worth; one where it says nothing."""
    highest = item.rules.outcomes.get("MAXSCORE")
    declared = read_share(highest.default[0]) if highest and highest.default else None
    score = item.rules.outcomes.get(item.rules.score)
    declared = declared if declared is not None else score.maximum if score else None
    return declared if declared and declared > 0 else Fraction(1)


def differs() -> str:
    """Say that marks between all and nothing are not those of the item."""
    return gettext("The right answer earns the same; what is partly right or wrong may earn other marks than there.")
