r"""Moodle's embedded answers, `{2:MULTICHOICE:=right#well done~wrong}` in a text: read into gaps, written back. Pure.

The definition is Moodle's documentation ("Embedded Answers (Cloze) question type") and what its reader does
(question/type/multianswer/questiontype.php): a backslash before `}` `#` `~` takes their meaning away, entities are
decoded. We write entities only: every reader decodes them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from .. import markup
from ..kinds.choice import MOST_OPTIONS
from ..kinds.cloze import LARGEST_MARK
from ..kinds.fractions import read_fraction, read_percent, write_percent
from ..kinds.gaps import take_apart
from ..wording import gettext
from .numbers import plain_number, with_tolerance
from .plain import decoded

MOST_GAPS = 60


@dataclass(frozen=True)
class _Type:
    """What a name such as `MCVS` says; `flag` is whether capitals count, or whether options are shuffled."""

    kind: str
    display: str
    flag: bool = False


TYPES = {
    name: kind
    for names, kind in (
        ("SHORTANSWER SA MW", _Type("shorttext", "text")),
        ("SHORTANSWER_C SAC MWC", _Type("shorttext", "text", flag=True)),
        ("NUMERICAL NM", _Type("numerical", "text")),
        ("MULTICHOICE MC", _Type("single", "menu")),
        ("MULTICHOICE_S MCS", _Type("single", "menu", flag=True)),
        ("MULTICHOICE_V MCV", _Type("single", "list")),
        ("MULTICHOICE_VS MCVS", _Type("single", "list", flag=True)),
        ("MULTICHOICE_H MCH", _Type("single", "row")),
        ("MULTICHOICE_HS MCHS", _Type("single", "row", flag=True)),
        ("MULTIRESPONSE MR", _Type("multiple", "list")),
        ("MULTIRESPONSE_S MRS", _Type("multiple", "list", flag=True)),
        ("MULTIRESPONSE_H MRH", _Type("multiple", "row")),
        ("MULTIRESPONSE_HS MRHS", _Type("multiple", "row", flag=True)),
    )
    for name in names.split()
}
NAMES = {kind: name for name, kind in reversed(TYPES.items())}
START = re.compile(rf"\{{([0-9]{{0,6}}):({'|'.join(sorted(TYPES, key=len, reverse=True))}):", re.IGNORECASE)
END = re.compile(r"(?<!\\)\}")
PART = re.compile(r"(?<!\\)~")
SHARE = re.compile(r"\s*(?:(=)|%\s*(-?[0-9]{1,3}(?:[.,][0-9]{0,15})?)\s*%)")
HASH = re.compile(r"(?<!\\)(?<!&)(?<!&amp;)#")
ESCAPED = re.compile(r"\\([}#])")
AFTER_BACKSLASH = re.compile(r"(?<=\\)[}#]")
SPECIAL = re.compile(r"[&<>\"'~#{}\\=%:]")


@dataclass
class Extracted:
    """A text with `[[1]]`, `[[2]]`… where its gaps were, the gaps, and what is wrong with them."""

    text: str
    gaps: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def extract(text: str) -> Extracted:
    """Take the gaps out of a text in any format, before it is made safe."""
    found, pieces, end = Extracted(""), [], 0
    while start := START.search(text, end):
        number = len(found.gaps) + 1
        closing = END.search(text, start.end())
        if closing is None:
            found.problems.append(
                gettext("Gap %(number)s is not closed with }. For the character itself write \\}.") % {"number": number}
            )
            break
        if number <= MOST_GAPS:
            found.gaps.append(_gap(number, start, text[start.end() : closing.start()]))
        pieces += [text[end : start.start()], f"[[{number}]]"]
        end = closing.end()
    found.text = "".join([*pieces, text[end:]])
    return found


def _gap(number: int, start: re.Match[str], body: str) -> dict[str, Any]:
    kind = TYPES[start[2].upper()]
    answers = [_answer(part) for part in PART.split(body)[: MOST_OPTIONS + 1]]
    data: dict[str, Any] = {"text": ""}
    if kind.kind == "shorttext":
        data |= {"case": kind.flag, "accents": True, "answers": answers}
    elif kind.kind == "numerical":
        data |= {"answers": [_numerical(answer) for answer in answers]}
    else:
        options = _scaled(answers, body) if kind.kind == "multiple" else answers
        data |= {"shuffle": kind.flag, "options": options}
    return {"id": str(number), "kind": kind.kind, "mark": start[1] or "1", "display": kind.display, "data": data}


def _answer(part: str) -> dict[str, Any]:
    weight, body = _weighed(part)
    text, *remark = HASH.split(body, maxsplit=1)
    share = Fraction(1) if weight == "=" else read_percent(weight or "0")
    return {"text": _decoded(text), "fraction": str(share), "feedback": _decoded("".join(remark))}


def _weighed(part: str) -> tuple[str, str]:
    """Part an answer from what stands before it: `=`, a percentage without its signs, or nothing."""
    if found := SHARE.match(part):
        return found[1] or found[2], part[found.end() :]
    return "", part


def _decoded(text: str) -> str:
    """Return what an answer says: as in Moodle entities are decoded before backslashes are taken away."""
    return ESCAPED.sub(r"\1", decoded(text.replace(r"\~", "~"))).strip()


def _numerical(answer: dict[str, Any]) -> dict[str, Any]:
    value, _colon, tolerance = markup.TAG.sub("", answer["text"]).strip().partition(":")
    return {
        "value": plain_number(value),
        "tolerance": plain_number(tolerance or "0"),
        "fraction": answer["fraction"],
        "feedback": answer["feedback"],
    }


def _scaled(answers: list[dict[str, Any]], body: str) -> list[dict[str, Any]]:
    """Let the right ones make a whole; without any weight of its own a wrong one takes back what a right one gives."""
    shares = [read_fraction(answer["fraction"]) or Fraction(0) for answer in answers]
    total = sum((share for share in shares if share > 0), Fraction(0))
    if not total:
        return answers
    has_weights = any(_weighed(part)[0] not in {"", "=", "0"} for part in PART.split(body))  # Moodle overlooks %0%
    wrong = [share if has_weights else -1 / total for share in shares]
    scaled = [share / total if share > 0 else lost for share, lost in zip(shares, wrong, strict=True)]
    return [{**answer, "fraction": str(share)} for answer, share in zip(answers, scaled, strict=True)]


# --- writing ---------------------------------------------------------------------------------------------------------


def write(text: str, gaps: Sequence[dict[str, Any]]) -> str:
    """Return a safe text with its gaps written out."""
    marks = whole_marks([read_fraction(gap["mark"]) or Fraction(0) for gap in gaps])
    written = {gap["id"]: _written(gap, mark) for gap, mark in zip(gaps, marks, strict=True)}
    parts = take_apart(text, set(written), once=True)
    pieces = [piece for gap in parts.gaps for piece in (_harmless(gap.before), written[gap.id])]
    return "".join([*pieces, _harmless(parts.after)])


def whole_marks(marks: Sequence[Fraction]) -> list[int]:
    """Return marks as whole numbers, in the same proportion where some are not, as far as 100 allows."""
    scale = lcm(*(mark.denominator for mark in marks))
    if scale == 1:
        return [int(mark) for mark in marks]
    whole = [int(mark * scale) for mark in marks]
    common = gcd(*whole) or 1
    most = max(whole) // common
    if most <= LARGEST_MARK:
        return [mark // common for mark in whole]
    return [max(1, round(Fraction(mark, common) * LARGEST_MARK / most)) for mark in whole]


def _harmless(text: str) -> str:
    return START.sub(lambda found: f"&#123;{found[0][1:]}", text)


def _written(gap: dict[str, Any], mark: int) -> str:
    data = gap["data"]
    if gap["kind"] == "numerical":
        answers = [(_number(answer), answer) for answer in data["answers"]]
    else:
        answers = [(_entities(answer["text"]), answer) for answer in data.get("answers") or data["options"]]
    nothing = "%0.0%" if gap["kind"] == "multiple" else ""  # %0% would be overlooked
    body = "~".join(_part(text, answer, nothing) for text, answer in answers)
    return f"{{{mark}:{type_name(gap)}:{body}}}"


def type_name(gap: dict[str, Any]) -> str:
    """Return the name for a gap, such as `MULTICHOICE_VS`."""
    data, display = gap["data"], gap["display"]
    flag = {"shorttext": data.get("case", False), "numerical": False}.get(gap["kind"], data.get("shuffle", True))
    if gap["kind"] == "multiple" and display != "row":
        display = "list"
    return NAMES[_Type(gap["kind"], display, bool(flag))]


def _number(answer: dict[str, Any]) -> str:
    value, tolerance, _is_exact = with_tolerance(answer)
    return value if value == "*" else f"{value}:{tolerance}"


def _part(text: str, answer: dict[str, Any], nothing: str) -> str:
    share = read_fraction(answer["fraction"]) or Fraction(0)
    weight = "=" if share == 1 else f"%{write_percent(share)}%" if share else nothing
    return f"{weight}{text}#{_entities(answer['feedback'])}" if answer["feedback"] else f"{weight}{text}"


def _entities(text: str) -> str:
    text = AFTER_BACKSLASH.sub(r"\\\g<0>", text)  # one backslash will be taken away
    return SPECIAL.sub(lambda found: f"&#{ord(found[0])};", text)
