"""Reading the parts of data and answers that come in any shape: words, whole numbers, fields that come once."""

from typing import Any

from .. import markup


def inline_words(value: Any) -> str:
    """Return a text as safe HTML for a label; empty for anything else."""
    return markup.inline(sendable(value)) if isinstance(value, str) else ""


def sendable(text: str) -> str:
    """Leave out the halves of characters that JSON can hold and UTF-8 cannot."""
    return text.encode("utf-8", "ignore").decode("utf-8")


def whole(value: Any, usual: int, *, most: int) -> int:
    """Return a whole number from 0 to `most`; `usual` for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most else usual


def chosen_from(answer: Any, key: str) -> dict[str, Any]:
    """Return the part of an answer that is an object, `{}` for anything else."""
    given = answer.get(key) if isinstance(answer, dict) else None
    return given if isinstance(given, dict) else {}


def only_value(values: list[str]) -> str | None:
    """Return the value of a field that should come once; None where it is missing or says different things."""
    given = set(values)
    return given.pop() if len(given) == 1 else None
