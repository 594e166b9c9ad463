"""What a file of questions can keep of a question: the same shape for what was written and what was read back."""

from fractions import Fraction

from questions.formats.base import ParsedQuestion
from questions.formats.cloze import whole_marks
from questions.formats.numbers import with_tolerance
from questions.kinds.gaps import take_apart


def kept(question: ParsedQuestion) -> tuple:
    """Return what two equal questions have equal, whatever ids their parts have."""
    kind, data = kept_data(question.kind, question.data)
    return kind, question.name, data, question.tags, question.idnumber, question.category, question.state


def kept_data(kind: str, data: dict) -> tuple[str, dict]:
    """Return the data of a question as Moodle's format can say it; ids become places."""
    data = dict(data)
    if kind in {"single", "multiple"}:
        data["options"] = without_ids(data["options"])
        data.pop("grading", None)
    if kind == "ordering":
        data["items"] = without_ids(data["items"])
    if kind == "shorttext":
        data["accents"] = True
    if kind == "numerical":
        data["answers"] = [(*with_tolerance(a)[:2], a["fraction"], a["feedback"]) for a in data["answers"]]
    if kind == "matching":
        words = {choice["id"]: choice["text"] for choice in data.pop("choices")}
        data["pairs"] = [(pair["text"], words[pair["choice"]]) for pair in data["pairs"]]
        data["choices"] = sorted(words.values())
    if kind == "gapselect":
        data["choices"], data["text"] = without_ids(data["choices"]), in_order(data["text"], data["choices"])
    if kind == "cloze":
        data["gaps"], data["text"] = kept_gaps(data), in_order_of_text(data["text"], data["gaps"])
    if kind == "essay" and data["editor"] == "none":
        kind = "upload"
        data = {
            key: value for key, value in data.items() if key not in {"editor", "words_min", "words_max", "template"}
        }
    data.pop("criteria", None)
    return kind, data


def without_ids(rows: list[dict]) -> list[dict]:
    return [{key: value for key, value in row.items() if key != "id"} for row in rows]


def in_order(text: str, choices: list[dict]) -> str:
    numbers = {choice["id"]: number for number, choice in enumerate(choices, 1)}
    parts = take_apart(text, numbers)
    return "".join([*(f"{gap.before}[[{numbers[gap.id]}]]" for gap in parts.gaps), parts.after])


def in_order_of_text(text: str, gaps: list[dict]) -> str:
    parts = take_apart(text, {gap["id"] for gap in gaps}, once=True)
    return "".join([*(f"{gap.before}[[{number}]]" for number, gap in enumerate(parts.gaps, 1)), parts.after])


def kept_gaps(data: dict) -> list[tuple]:
    by_id = {gap["id"]: gap for gap in data["gaps"]}
    gaps = [by_id[gap.id] for gap in take_apart(data["text"], by_id, once=True).gaps]
    marks = whole_marks([Fraction(gap["mark"]) for gap in gaps])
    return [(kept_gap(gap), mark, gap["display"]) for gap, mark in zip(gaps, marks, strict=True)]


def kept_gap(gap: dict) -> tuple[str, dict]:
    kind, data = kept_data(gap["kind"], gap["data"])
    if kind == "numerical":
        data = {"answers": data["answers"]}
    return kind, data
