"""Gaps in a safe HTML text, marked `[[1]]`: where they stand, what is around them, what is wrong with them. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from ..wording import gettext

MARK = re.compile(r"\[\[([1-9][0-9]{0,2})\]\]")
# In safe HTML every `<` begins a tag: those of texts and attributes are written `&lt;`.
TAG = re.compile(r"(<[^<>]*>)")
MOST_GAPS = 50


@dataclass(frozen=True)
class Gap:
    """One gap: the id its mark names, and the HTML between the gap before it and this one."""

    id: str
    before: str


@dataclass(frozen=True)
class Gapped:
    """A text taken apart at its gaps; `strays` are the ids of marks that cannot be gaps because they stand in a tag."""

    gaps: tuple[Gap, ...]
    after: str
    strays: tuple[str, ...]


def take_apart(text: str, known: Collection[str] | None = None, *, once: bool = False) -> Gapped:
    """Take safe HTML apart at its marks. A mark in a tag or a link, or of an unknown id, stays the text it is.

    With `once` only the first of several equal marks is a gap.
    """
    gaps: list[Gap] = []
    strays: list[str] = []
    before, links = "", 0
    for number, piece in enumerate(TAG.split(text)):
        is_tag = number % 2 == 1
        if is_tag and re.match(r"</?a[\s>]", piece):
            links += -1 if piece.startswith("</") else 1
        if is_tag or links > 0:
            strays += MARK.findall(piece)
            before += piece
            continue
        end = 0
        for found in MARK.finditer(piece):
            gap_id = found[1]
            if (known is not None and gap_id not in known) or (once and any(gap.id == gap_id for gap in gaps)):
                continue
            gaps.append(Gap(gap_id, before + piece[end : found.start()]))
            before, end = "", found.end()
        before += piece[end:]
    return Gapped(tuple(gaps), before, tuple(strays))


def mark_problems(text: str, known: Collection[str]) -> list[str]:
    """Name the marks of a text that cannot be gaps."""
    whole = take_apart(text)
    ids = [gap.id for gap in whole.gaps]
    found = [] if ids or whole.strays else [gettext("The text has no gap. Write [[1]] where the first one shall be.")]
    if len(ids) > MOST_GAPS:
        found.append(gettext("More than %(most)s gaps are too many.") % {"most": MOST_GAPS})
    found += [
        gettext("[[%(gap)s]] stands in the text, but there is no number %(gap)s below it.") % {"gap": gap}
        for gap in dict.fromkeys(ids)
        if gap not in known
    ]
    return found + [
        gettext("[[%(gap)s]] stands inside a link or the description of a picture. Put it into the running text.")
        % {"gap": gap}
        for gap in dict.fromkeys(whole.strays)
    ]
