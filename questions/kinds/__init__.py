"""The kinds of question, one class each on one contract (`questions.kinds.base.Kind`)."""

from .base import Feedback, FileLimits, Kind, Option, Outcome, Remark, Response, Review, Row
from .choice import MultipleKind, SingleKind
from .cloze import ClozeKind
from .description import DescriptionKind
from .gapselect import GapSelectKind
from .handed_in import EssayKind, UploadKind
from .hotspot import HotspotKind
from .likert import LikertKind
from .matching import MatchingKind
from .numerical import NumericalKind
from .ordering import OrderingKind
from .shorttext import ShortTextKind
from .truefalse import TrueFalseKind

_KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        SingleKind(), MultipleKind(), TrueFalseKind(),
        MatchingKind(), OrderingKind(), ShortTextKind(), NumericalKind(),
        ClozeKind(), GapSelectKind(), HotspotKind(),
        EssayKind(), UploadKind(), LikertKind(), DescriptionKind(),
    )
}  # fmt: skip


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


__all__ = [
    "Feedback", "FileLimits", "Kind", "Option", "Outcome", "Remark", "Response", "Review", "Row", "UnknownKind",
    "all_kinds", "get_kind",
]  # fmt: skip
