"""Pairs, scales and orders. Pure."""

from itertools import permutations
from xml.etree.ElementTree import Element

from ...kinds import get_kind
from ...kinds.ids import number_id
from ...wording import gettext
from .item import Cannot, Item, Read, Sample, best_of, declared_mark, is_shuffled, is_unmarked, only, own_ids, stem
from .processing import Declaration


def match(item: Item) -> Read:
    """Read two lists to be matched; without a right answer they are a scale."""
    interaction, known = only(item)
    sets = [part.findall("simpleAssociableChoice") for part in interaction.findall("simpleMatchSet")]
    if len(sets) != 2:
        raise Cannot(gettext("Its two lists of things to match are not complete."))
    left, right = sets
    if is_unmarked(known, item):
        return _likert(item, left, right)
    pairs = right_pairs(known)
    is_turned = not _is_one_each(left, pairs) and _is_one_each(right, [(second, first) for first, second in pairs])
    return _matched(item, right, left, is_turned=True) if is_turned else _matched(item, left, right)


def associate(item: Item) -> Read:
    """Read one list whose things have partners: the first of each right pair asks for the second."""
    interaction, known = only(item)
    choices = interaction.findall("simpleAssociableChoice")
    firsts = {first for first, _second in right_pairs(known)}
    left = [choice for choice in choices if choice.get("identifier") in firsts]
    return _matched(item, left, [choice for choice in choices if choice not in left])


def right_pairs(known: Declaration) -> list[tuple[str, str]]:
    """Return the pairs that are right, or earn something. Raises Cannot where there are none."""
    texts = known.correct or [entry.key for entry in (known.marks.entries if known.marks else ()) if entry.value > 0]
    pairs = [(pair[0], pair[1]) for text in texts if len(pair := text.split()) == 2]
    if not pairs or len(pairs) < len(texts):
        raise Cannot(gettext("Nothing says which pairs are right. Give it a right answer."))
    return pairs


def _is_one_each(side: list[Element], pairs: list[tuple[str, str]]) -> bool:
    names = [choice.get("identifier", "") for choice in side]
    return sorted(first for first, _second in pairs) == sorted(names)


def _matched(item: Item, left: list[Element], right: list[Element], *, is_turned: bool = False) -> Read:
    interaction, known = only(item)
    partners = [(second, first) if is_turned else (first, second) for first, second in right_pairs(known)]
    partner = dict(partners)
    names, others = ([each.get("identifier", "") for each in side] for side in (left, right))
    if len(partner) != len(partners) or set(partner) != set(names) or not set(partner.values()) <= set(others):
        raise Cannot(gettext("Not every thing has exactly one partner. Ask it as several questions."))
    pair_of = dict(zip(names, own_ids(names), strict=True))
    choice_of = dict(zip(others, own_ids(others, number_id), strict=True))
    choices = [{"id": choice_of[name], "text": item.body.words(each)} for name, each in zip(others, right, strict=True)]
    if not all(choice["text"] for choice in choices):
        raise Cannot(gettext("A thing to match has no words, only a picture. Describe it in words."))
    pairs = [
        {"id": pair_of[name], "text": item.body.html(each), "choice": choice_of[partner[name]]}
        for name, each in zip(names, left, strict=True)
    ]

    def sample(matched: dict[str, str]) -> Sample:
        given = [(second, first) if is_turned else (first, second) for first, second in matched.items()]
        value = [tuple(sorted(pair)) if known.base_type == "pair" else pair for pair in given]
        answer = {pair_of[first]: choice_of[second] for first, second in matched.items()}
        return Sample({known.identifier: value}, {"matches": answer})

    tries = [partner, *({name: partner[name]} for name in names)]
    tries += [{**partner, name: other} for name in names[:5] for other in others if other != partner[name]][:20]
    samples = [sample(matched) for matched in tries]
    data = {"text": stem(item), "shuffle": is_shuffled(interaction), "pairs": pairs, "choices": choices}
    return Read("matching", data, samples, best_of([item.marks(samples[0].given)]))


def _likert(item: Item, statements: list[Element], levels: list[Element]) -> Read:
    if any(statement.get("matchMax", "1") != "1" for statement in statements):
        raise Cannot(gettext("Nothing says which pairs are right. Give it a right answer."))
    ids = own_ids([each.get("identifier", "") for each in statements])
    level_ids = own_ids([each.get("identifier", "") for each in levels], number_id)
    data = {
        "text": stem(item),
        "levels": [{"id": own, "text": item.body.words(each)} for own, each in zip(level_ids, levels, strict=True)],
        "statements": [{"id": own, "text": item.body.html(each)} for own, each in zip(ids, statements, strict=True)],
    }
    return Read("likert", data, best=declared_mark(item))


def order(item: Item) -> Read:
    """Read things to be put in order."""
    interaction, known = only(item)
    choices = {choice.get("identifier", ""): choice for choice in interaction.findall("simpleChoice")}
    if sorted(known.correct) != sorted(choices):
        raise Cannot(gettext("Its right order is missing or leaves things out. Give it one with every thing."))
    names = known.correct
    ids = dict(zip(names, own_ids(names), strict=True))
    items = [{"id": ids[name], "text": item.body.html(choices[name])} for name in names]
    orders = [list(order) for order in permutations(names)] if len(names) <= 4 else _some_orders(names)
    samples = [
        Sample({known.identifier: order}, {"places": {ids[name]: place for place, name in enumerate(order, 1)}})
        for order in orders
    ]
    best = best_of([item.marks(samples[0].given)])
    data = {"text": stem(item), "items": items, "grading": "all"}
    read = Read("ordering", data, samples, best)
    data["grading"] = _grading(item, read)
    return read


def _some_orders(names: list[str]) -> list[list[str]]:
    orders = [list(names), names[::-1], [*names[1:], names[0]]]
    for place in range(min(len(names) - 1, 12)):
        swapped = list(names)
        swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
        orders.append(swapped)
    return orders


def _grading(item: Item, read: Read) -> str:
    """Return our way of grading an order that marks every sample as the item does; all or nothing where none does."""
    kind = get_kind("ordering")
    theirs = [item.marks(sample.given) / read.best for sample in read.samples]
    gradings = ("all", "position", "pairs", "longest")
    rules = item.rules.processing
    if rules is not None and rules.find(".//index") is not None:  # of two things every grading marks alike
        gradings = ("position", "all", "pairs", "longest")
    for grading in gradings:
        data = kind.clean({**read.data, "grading": grading})
        if [kind.grade(data, sample.answer) for sample in read.samples] == theirs:
            return grading
    return "all"
