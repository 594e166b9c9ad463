"""Choosing: one answer, several answers, true or false, places on a picture. Pure."""

import html
from fractions import Fraction
from itertools import combinations
from typing import Any
from xml.etree.ElementTree import Element

from ... import markup
from ...wording import gettext
from .item import (
    MOST_WORK,
    PREFIX,
    Cannot,
    Item,
    Read,
    Sample,
    best_of,
    is_shuffled,
    is_unmarked,
    only,
    own_ids,
    share_of,
    stem,
)
from .processing import MAP, Declaration, read_number

LARGEST_SET = 7  # options of which every set is tried
TRUE_WORDS = {"true": True, "false": False, "benar": True, "salah": False}
SHAPES = {"rect": 4, "circle": 3, "poly": 0}


def choice(item: Item) -> Read:
    """Read a list of options; two that say true and false are that kind where nothing is lost by it."""
    read = listed(item)
    return _true_or_false(read) or read


def listed(item: Item) -> Read:
    """Read a list of options as one answer or several."""
    interaction, known = only(item)
    choices = interaction.findall("simpleChoice")
    texts = [item.body.html(choice, choice.get("identifier", "")) for choice in choices]
    read = _chosen(item, interaction, known, [choice.get("identifier", "") for choice in choices])
    for option, text in zip(read.remarks, texts, strict=True):
        option["text"] = text
    read.data = {"text": stem(item), "shuffle": is_shuffled(interaction), **read.data, "options": read.remarks}
    if any(choice.get("fixed") == "true" for choice in choices) and read.data["shuffle"]:
        read.data["shuffle"] = False
        item.notices.append(gettext("Some options keep their place there; here all of them do."))
    return read


def _chosen(item: Item, interaction: Element, known: Declaration, identifiers: list[str]) -> Read:
    """Read what choosing earns; the entries of `remarks` are the options, still without their words."""
    if is_unmarked(known, item):
        raise Cannot(gettext("Nothing says which answer is right. Mark one in the system that it comes from."))
    ids, most = own_ids(identifiers), read_number(interaction.get("maxChoices", "1"))
    if known.cardinality == "single" or most == 1:
        return one_chosen(item, known, identifiers, ids)
    return _several_chosen(item, known, identifiers, ids)


def one_chosen(item: Item, known: Declaration, identifiers: list[str], ids: list[str]) -> Read:
    """Read what choosing one earns; the options have no words yet."""
    values = [[name] if known.cardinality == "multiple" else name for name in identifiers]
    marks = [item.marks({known.identifier: value}) for value in values]
    best = best_of(marks)
    options = [{"id": own, "fraction": share_of(mark, best)} for own, mark in zip(ids, marks, strict=True)]
    samples = [
        Sample({known.identifier: value}, {"chosen": [own]}, (n,))
        for n, (value, own) in enumerate(zip(values, ids, strict=True))
    ]
    return Read("single", {}, samples, best, options, identifiers)


def _several_chosen(item: Item, known: Declaration, identifiers: list[str], ids: list[str]) -> Read:
    sets = _sets(item, known, identifiers)
    marks = [item.marks({known.identifier: [identifiers[n] for n in chosen]}) for chosen in sets]
    best = best_of(marks)
    full = [set(chosen) for chosen, mark in zip(sets, marks, strict=True) if mark == best]
    right = min(full, key=len)
    weights = _weights(item, known, identifiers, right, best)
    is_all = len(full) == 1 and not any(mark for mark in marks if mark != best) and not _adds_up(item)
    if is_all and {n for n, weight in enumerate(weights) if weight > 0} != right:
        weights = [Fraction(int(n in right), len(right)) for n in range(len(ids))]
    grading = "all" if is_all else "partial"
    options = [{"id": own, "fraction": str(weight)} for own, weight in zip(ids, weights, strict=True)]
    samples = [
        Sample({known.identifier: [identifiers[n] for n in chosen]}, {"chosen": [ids[n] for n in chosen]}, chosen)
        for chosen in sets
    ]
    return Read("multiple", {"grading": grading}, samples, best, options, identifiers)


def _adds_up(item: Item) -> bool:
    """Say whether the rules add up a mapping, even where the sums happen to be all or nothing."""
    rules = item.rules.processing
    return item.rules.template == MAP or (rules is not None and rules.find(".//mapResponse") is not None)


def _sets(item: Item, known: Declaration, identifiers: list[str]) -> list[tuple[int, ...]]:
    """Return the sets of options to try: every one where they are few, else those that tell most."""
    count = len(identifiers)
    if count <= LARGEST_SET and item.size * 2**count <= MOST_WORK:
        return [chosen for size in range(1, count + 1) for chosen in combinations(range(count), size)]
    marked = {entry.key for entry in known.marks.entries if entry.value > 0} if known.marks else set()
    right = tuple(n for n, name in enumerate(identifiers) if name in known.correct or name in marked)
    sets = {(n,) for n in range(count)} | {right} | {tuple(sorted({*right, n})) for n in range(count)}
    sets |= {tuple(n for n in right if n != left_out) for left_out in right} | {tuple(range(count))}
    return sorted((chosen for chosen in sets if chosen), key=lambda chosen: (len(chosen), chosen))


def _weights(item: Item, known: Declaration, names: list[str], right: set[int], best: Fraction) -> list[Fraction]:
    """Return what each option adds: as mapped where a mapping says it, else alone, or beside all right ones."""
    if known.marks and known.marks.entries and set(names) >= {entry.key for entry in known.marks.entries}:
        mapped = {entry.key: entry.value for entry in known.marks.entries}
        return [mapped.get(name, known.marks.default) / best for name in names]
    full = sorted(right)
    weights = []
    for number in range(len(names)):
        chosen = sorted({*full, number})
        added = item.marks({known.identifier: [names[n] for n in chosen]}) - best
        alone = item.marks({known.identifier: [names[number]]})
        weights.append((alone if number in right else added) / best)
    return weights


def _true_or_false(read: Read) -> Read | None:
    """Return the same as true or false where nothing is lost by it."""
    if read.kind != "single" or read.data["shuffle"] or len(read.remarks) != 2:
        return None
    words = [TRUE_WORDS.get(markup.inline(option["text"]).lower()) for option in read.remarks]
    if words != [True, False] or sorted(option["fraction"] for option in read.remarks) != ["0", "1"]:
        return None
    if read.names != ["true", "false"] and any(PREFIX.fullmatch(name) for name in read.names):
        return None
    is_true = read.remarks[0]["fraction"] == "1"
    samples = [
        Sample(sample.given, {"value": value}, sample.keys)
        for sample, value in zip(read.samples, (True, False), strict=True)
    ]
    data = {"text": read.data["text"], "answer": is_true}
    return Read("truefalse", data, samples, read.best, read.remarks, read.names)


def hotspot(item: Item) -> Read:
    """Read places on a picture."""
    interaction, known = only(item)
    places = interaction.findall("hotspotChoice")
    picture = interaction.find("object")
    picture = interaction.find("img") if picture is None else picture
    if picture is None:
        raise Cannot(gettext("Its picture is missing."))
    read = _chosen(item, interaction, known, [place.get("identifier", "") for place in places])
    for number, (area, place) in enumerate(zip(read.remarks, places, strict=True), 1):
        area.update(_area(place), text=html.escape(place.get("hotspotLabel", "")) or gettext("Place") + f" {number}")
    name = item.body.picture(picture.get("data") or picture.get("src") or "")
    text = stem(item)
    alt = " ".join("".join(picture.itertext()).split()) or picture.get("alt", "")
    if not alt:
        alt = markup.plain(markup.block(text))
        item.notices.append(gettext("The picture has no description; the text of the question stands for it."))
    several = read.kind == "multiple"
    if read.data.pop("grading", "") == "all":
        item.notices.append(gettext("Exactly the right places were asked for; here each right one earns its part."))
        weights = [Fraction(area["fraction"]) for area in read.remarks]
        wrong = Fraction(-1, sum(1 for weight in weights if weight > 0) or 1)
        for area, weight in zip(read.remarks, weights, strict=True):
            area["fraction"] = str(weight if weight > 0 else wrong)
    size = {key: int(read_number(picture.get(key)) or 0) for key in ("width", "height")}
    data = {"text": text, "picture": name or "", "alt": alt, **size, "areas": read.remarks, "several": several}
    return Read("hotspot", data, read.samples, read.best, read.remarks, read.names)


def _area(place: Element) -> dict[str, Any]:
    shape = place.get("shape", "")
    numbers = [read_number(part) for part in place.get("coords", "").split(",")]
    if shape not in SHAPES or None in numbers or (SHAPES[shape] and len(numbers) != SHAPES[shape]):
        raise Cannot(
            gettext("The place “%(name)s” is no rectangle, circle or polygon in pixels.")
            % {"name": place.get("identifier", "")}
        )
    coords = [int(number) if number.denominator == 1 else float(number) for number in numbers if number is not None]
    return {"shape": "polygon" if shape == "poly" else shape, "coords": coords}
