"""The kinds of question, one class each on one contract (`questions.kinds.base.Kind`)."""

from .base import Feedback, Kind, Outcome, Remark, Row
from .choice import MultipleKind, SingleKind
from .truefalse import TrueFalseKind

_KINDS: dict[str, Kind] = {kind.name: kind for kind in (SingleKind(), MultipleKind(), TrueFalseKind())}


class UnknownKind(LookupError):
    """No kind of question has this name."""


def get_kind(name: str) -> Kind:
    """Return the kind with this name; raises UnknownKind."""
    try:
        return _KINDS[name]
    except KeyError:
        raise UnknownKind(name) from None


def all_kinds() -> list[Kind]:
    """Return every kind, in the order editors are offered them."""
    return list(_KINDS.values())


__all__ = ["Feedback", "Kind", "Outcome", "Remark", "Row", "UnknownKind", "all_kinds", "get_kind"]
