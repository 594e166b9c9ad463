"""Access conditions in words: a sentence for the learner who meets a lock, the same for the editor who sets it."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from core.templatetags.core_tags import as_moment

from . import conditions
from .conditions import BROKEN_LEAF, Leaf, Names, Node


def closed(node: Node | None, names: Names) -> str:
    """Say to a learner when something opens: `Terbuka setelah Anda menyelesaikan “Pengantar”.`"""
    if isinstance(node, Leaf) and (node.kind, node.negated) in _ALONE and _is_named(node, names):
        return _ALONE[node.kind, node.negated](_values(node, names))
    return told(node, names)


def told(node: Node | None, names: Names) -> str:
    """Say what a condition asks: `Terbuka bila “Pengantar” selesai dan nilai “Kuis” minimal 70%.`"""
    if node is None or node == conditions.NOTHING_ASKED:
        return _("Open to everyone who is enrolled.")
    if any(not _is_named(leaf, names) for leaf in conditions.leaves_of(node)):
        return _("Closed: its condition names something that is no longer there. Please tell the organiser.")
    return _("Opens when %(condition)s.") % {"condition": _phrase(node, names)}


def _is_named(leaf: Leaf, names: Names) -> bool:
    return leaf != BROKEN_LEAF and (leaf.name_key is None or leaf.name_key in names)


def _phrase(node: Node, names: Names, *, inside: bool = False) -> str:
    if isinstance(node, Leaf):
        return LEAVES[node.kind, node.negated]() % _values(node, names)
    if not node.parts:
        return _("always") if node.every else _("never")
    joint = _(" and ") if node.every else _(" or ")
    text = joint.join(_phrase(part, names, inside=len(node.parts) > 1) for part in node.parts)
    return f"({text})" if inside and len(node.parts) > 1 else text


def _values(leaf: Leaf, names: Names) -> dict[str, str]:
    if leaf.name_key is None:
        return {"moment": as_moment(leaf.value)}
    return {"name": names[leaf.name_key], "mark": f"{leaf.at_least}%"}


_ALONE: dict[tuple[str, bool], Callable[[dict], str]] = {
    ("finished", False): lambda values: _("Opens once you have finished “%(name)s”.") % values,
    ("finished_course", False): lambda values: _("Opens once you have finished the course “%(name)s”.") % values,
    ("mark", False): lambda values: _("Opens once your mark in “%(name)s” is at least %(mark)s.") % values,
    ("from", False): lambda values: _("Opens on %(moment)s.") % values,
    ("until", False): lambda values: _("Was open until %(moment)s.") % values,
}
LEAVES: dict[tuple[str, bool], Callable[[], str]] = {
    ("finished", False): lambda: _("“%(name)s” is finished"),
    ("finished", True): lambda: _("“%(name)s” is not finished yet"),
    ("finished_course", False): lambda: _("the course “%(name)s” is finished"),
    ("finished_course", True): lambda: _("the course “%(name)s” is not finished yet"),
    ("mark", False): lambda: _("the mark in “%(name)s” is at least %(mark)s"),
    ("mark", True): lambda: _("the mark in “%(name)s” is below %(mark)s"),
    ("from", False): lambda: _("it is %(moment)s or later"),
    ("from", True): lambda: _("it is before %(moment)s"),
    ("until", False): lambda: _("it is no later than %(moment)s"),
    ("until", True): lambda: _("it is after %(moment)s"),
    ("unit", False): lambda: _("the place of work is %(name)s"),
    ("unit", True): lambda: _("the place of work is not %(name)s"),
    ("post_kind", False): lambda: _("the kind of position is %(name)s"),
    ("post_kind", True): lambda: _("the kind of position is not %(name)s"),
    ("group", False): lambda: _("one belongs to the group “%(name)s”"),
    ("group", True): lambda: _("one does not belong to the group “%(name)s”"),
}
