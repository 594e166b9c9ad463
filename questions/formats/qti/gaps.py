"""Gaps in a text: drop-downs, words to place, and questions of several kinds in one text. Pure."""

import re
from fractions import Fraction
from typing import Any

from ...kinds.ids import free_id, number_id
from ...wording import gettext
from .body import PLACE, Body
from .choices import listed, one_chosen
from .item import Cannot, Item, Read, Sample, best_of, declared, differs, is_shuffled, only, own_ids
from .pairs import right_pairs
from .processing import Declaration
from .typed import branches, text_entry

GROUP = re.compile(r"choice_g([0-9]{1,3})_([a-z0-9]{1,8})")


def gaps(item: Item) -> Read:
    """Read several interactions: drop-downs that are worth the same are `gapselect`, everything else is cloze."""
    names = {interaction.tag for interaction in item.body.interactions}
    return (_gapselect(item) if names == {"inlineChoiceInteraction"} else None) or _cloze(item)


def _gapselect(item: Item) -> Read | None:
    menus = [(interaction, declared(item, interaction)) for interaction in item.body.interactions]
    offers = [
        {choice.get("identifier", ""): item.body.words(choice) for choice in interaction.findall("inlineChoice")}
        for interaction, _known in menus
    ]
    knowns = [known for _interaction, known in menus]
    rights = [known.correct[0] if len(known.correct) == 1 else "" for known in knowns]
    if any(right not in offer for right, offer in zip(rights, offers, strict=True)):
        return None
    if not _is_worth_the_same(item, knowns, rights, offers):
        return None
    choices, own = _pooled(offers)
    marks = [ids[right] for ids, right in zip(own, rights, strict=True)]
    data = {"text": _numbered(item, marks), "shuffle": is_shuffled(menus[0][0]), "choices": choices}
    samples = _samples([known.identifier for known in knowns], offers, rights, own)
    return Read("gapselect", data, samples, best_of([item.marks(samples[0].given)]))


def _samples(names: list[str], offers: list[dict], rights: list[str], own: list[dict[str, str]]) -> list[Sample]:
    """Return everything right, and in each gap alone what is right and what is wrong."""

    def sample(filled: dict[int, str]) -> Sample:
        answer = {str(number + 1): own[number][choice] for number, choice in filled.items()}
        return Sample({names[number]: choice for number, choice in filled.items()}, {"gaps": answer})

    wrong = [(number, name) for number, offer in enumerate(offers) for name in offer if name != rights[number]]
    all_wrong = dict(reversed(wrong))
    alone = [sample({number: right}) for number, right in enumerate(rights)] if len(rights) > 1 else []
    return [sample(dict(enumerate(rights))), *alone, *([sample(all_wrong)] if all_wrong else [])]


def _is_worth_the_same(item: Item, gaps: list[Declaration], rights: list[str], offers: list[dict[str, str]]) -> bool:
    whole = item.marks({known.identifier: right for known, right in zip(gaps, rights, strict=True)})
    for known, right, offer in zip(gaps, rights, offers, strict=True):
        for name in offer:
            expected = whole / len(gaps) if name == right else 0
            if item.marks({known.identifier: name}) != expected:
                return False
    return whole > 0


def _pooled(offers: list[dict[str, str]]) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Return the choices of all gaps, gaps that offer the same in one group, and for each gap our id of each choice."""
    choices: list[dict[str, Any]] = []
    groups: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    taken: set[str] = set()
    own = []
    for offer in offers:
        key = tuple(sorted(offer.items()))
        if key not in groups:
            groups[key] = {}
            for name, words in offer.items():
                ours = GROUP.fullmatch(name)
                new = ours.group(2) if ours and ours.group(2) not in taken else free_id(taken, number_id)
                taken.add(new)
                group = int(ours.group(1)) if ours else len(groups)
                groups[key][name] = new
                choices.append({"id": new, "text": words, "group": group})
        own.append(groups[key])
    if all(GROUP.fullmatch(name) for offer in offers for name in offer):
        choices.sort(key=lambda choice: (len(choice["id"]), choice["id"]))
    return choices, own


def _numbered(item: Item, marks: list[str]) -> str:
    item.text = item.text.replace("[[", "[ [")
    return PLACE.sub(lambda found: f"[[{marks[int(found[1])]}]]", item.text)


def gap_match(item: Item) -> Read:
    """Read words to be placed into gaps."""
    interaction, known = only(item)
    if interaction.find("gapImg") is not None:
        raise Cannot(gettext("Pictures are dragged into its gaps, which we do not have. Use words."))
    words = {text.get("identifier", ""): item.body.words(text) for text in interaction.findall("gapText")}
    right = {gap: text for text, gap in right_pairs(known)}
    gaps = [gap.get("identifier", "") for gap in item.body.gaps]
    if len(right) != len(gaps) or set(right) != set(gaps) or not set(right.values()) <= set(words):
        raise Cannot(gettext("Not every gap has exactly one right word."))
    choices, own = _pooled([words])
    whole = best_of([item.marks({known.identifier: [(right[gap], gap) for gap in gaps]})])
    parts = {item.marks({known.identifier: [(right[gap], gap)]}) for gap in gaps}
    if parts != {whole / len(gaps)}:
        item.notices.append(differs())
    # The place of the interaction itself comes last; those of the gaps stand in its text.
    end = item.text.rfind("\ue0000\ue001")
    item.text = item.text[:end] + item.text[end + 3 :]
    text = _numbered(item, [own[0][right[gap]] for gap in gaps])
    return Read("gapselect", {"text": text, "shuffle": is_shuffled(interaction), "choices": choices}, best=whole)


def menu(item: Item) -> Read:
    """Read a single drop-down in a text."""
    return _gapselect(item) or _cloze(item)


def _cloze(item: Item) -> Read:
    """Read each interaction as a question of its own; it weighs what it earns alone."""
    gaps: list[dict[str, Any]] = []
    parts: list[Read] = []
    for number, interaction in enumerate(item.body.interactions, 1):
        part = Item(item.root, item.rules, Body(item.body.folder, item.body.fetch, item.body.pictures), "")
        part.body.interactions = [interaction]
        kind, display = GAP_KINDS[interaction.tag], GAP_DISPLAYS[interaction.tag]
        read = kind(part)
        if interaction.get("orientation") == "horizontal":
            display = "row"
        if part.body.messages:
            item.notices.append(gettext("Feedback of the gaps is left out."))
        item.notices += part.notices
        item.body.problems += part.body.problems
        parts.append(read)
        gaps.append({"id": str(number), "kind": read.kind, "display": display, "data": read.data})
    weights = _raw_weights(item, parts)
    for gap, weight in zip(gaps, weights, strict=True):
        gap["mark"] = str(weight)
    full = [_full(item, read) for read in parts]
    given = {name: value for sample in full for name, value in sample.given.items()}
    best = best_of([item.marks(given)])
    if best != sum((read.best for read in parts), Fraction(0)):
        item.notices.append(differs())
    samples = [Sample(given), *full] if len(full) > 1 else full
    samples += [sample for read in parts for sample in read.samples if item.marks(sample.given) <= 0][:1]
    data = {"text": _numbered(item, [gap["id"] for gap in gaps]), "gaps": gaps}
    return Read("cloze", data, samples, best)


def _raw_weights(item: Item, parts: list[Read]) -> list[Fraction]:
    """Return the weights of gaps as their mappings write them, where these are in the proportion of what they earn."""
    raw = [_highest(declared(item, interaction), item) for interaction in item.body.interactions]
    if all(raw) and len({read.best / (weight or 1) for read, weight in zip(parts, raw, strict=True)}) == 1:
        return [weight or Fraction(1) for weight in raw]
    return [read.best for read in parts]


def _highest(known: Declaration, item: Item) -> Fraction | None:
    values = [entry.value for entry in known.marks.entries] if known.marks else []
    values += [branch.score for branch in branches(item, known.identifier) if branch.score is not None]
    return max(values, default=None)


def _full(item: Item, read: Read) -> Sample:
    best = max(read.samples, key=lambda sample: item.marks(sample.given))
    return Sample(best.given)


def _inline_choice(item: Item) -> Read:
    interaction, known = only(item)
    choices = interaction.findall("inlineChoice")
    names = [choice.get("identifier", "") for choice in choices]
    read = one_chosen(item, known, names, own_ids(names))
    for option, each in zip(read.remarks, choices, strict=True):
        option["text"] = item.body.html(each)
    read.data = {"text": "", "shuffle": is_shuffled(interaction), "options": read.remarks}
    return read


GAP_KINDS = {
    "choiceInteraction": listed, "inlineChoiceInteraction": _inline_choice, "textEntryInteraction": text_entry,
}  # fmt: skip
GAP_DISPLAYS = {
    "choiceInteraction": "list", "inlineChoiceInteraction": "menu", "textEntryInteraction": "text",
}  # fmt: skip
