"""Feedback: an item shows it by the value of an outcome; we put it with an option, an outcome or the question. Pure."""

from typing import Any

from ...kinds import Outcome
from ...wording import gettext
from .body import message
from .item import Item, Read
from .processing import Value

# How our own packages are known, and the outcomes that they show feedback by.
TOOL = "pembinaan-asn"
OUTCOME, GENERAL = "OUTCOME", "GENERAL"


def give_feedback(item: Item, read: Read) -> None:
    """Put each feedback where it belongs: with an option, an outcome or the question, by when the item shows it."""
    messages = [message(element, item.body.html(element)) for element in item.root.findall("modalFeedback")]
    messages = [each for each in [*item.body.messages, *messages] if each.text]
    if not messages:
        return
    tried = [(sample, *item.ask(sample.given)) for sample in read.samples]
    nothing = item.ask({})[1]
    for each in messages:
        if item.root.get("toolName") == TOOL and _is_ours(each.outcome, each.identifier, each.text, read):
            continue
        shown = [_shows(each, outcomes) for _sample, _marks, outcomes in tried]
        place = _place(each.identifier, each.choice, shown, tried, read)
        if place is None and all(shown) and (shown or _shows(each, nothing)):
            _add(read.data, "general_feedback", each.text)
        elif isinstance(place, str):
            _add(read.data.setdefault("outcomes", {}), place, each.text)
        elif place:
            for number in place:
                _add(read.remarks[number], "feedback", each.text)
        else:
            item.notices.append(gettext("A feedback is left out: when it is shown cannot be said here."))


def _is_ours(outcome: str, identifier: str, text: str, read: Read) -> bool:
    if outcome == GENERAL:
        _add(read.data, "general_feedback", text)
    elif outcome == OUTCOME:
        _add(read.data.setdefault("outcomes", {}), identifier, text)
    return outcome in {GENERAL, OUTCOME}


def _add(data: dict[str, Any], key: str, text: str) -> None:
    data[key] = data.get(key, "") + text


def _shows(each: Any, outcomes: dict[str, Value]) -> bool:
    value = outcomes.get(each.outcome)
    values = value if isinstance(value, list) else [value]
    return (each.identifier in {str(one) for one in values if one is not None}) == each.shows


def _place(identifier: str, choice: str, shown: list[bool], tried: list, read: Read) -> str | list[int] | None:
    """Return the outcome or the entries of `remarks` that a feedback belongs to; None where neither says it."""
    own = next((n for n, name in enumerate(read.names) if name in {choice, identifier}), None)
    alone = {s.keys[0]: is_shown for is_shown, (s, _m, _o) in zip(shown, tried, strict=True) if len(s.keys) == 1}
    if own is not None and alone.get(own) and sum(alone.values()) == 1:
        return [own]
    if not any(shown) or all(shown):
        return None
    for outcome in (Outcome.RIGHT, Outcome.WRONG, Outcome.PARTLY):
        if shown == [Outcome.of(marks / read.best) == outcome for _sample, marks, _outcomes in tried]:
            return str(outcome)
    keys = [key for key, is_shown in alone.items() if is_shown]
    fits = all(
        is_shown == any(key in keys for key in sample.keys)
        for is_shown, (sample, _m, _o) in zip(shown, tried, strict=True)
    )
    return keys if keys and fits and read.remarks else None
