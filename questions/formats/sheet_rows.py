"""A row of a sheet as a question, and a question as a row. What each kind keeps in which column stands here."""

from collections.abc import Callable
from fractions import Fraction

from .. import files, markup
from ..kinds import UnknownKind, get_kind
from ..kinds.choice import option_id
from ..kinds.fractions import read_fraction
from ..wording import gettext
from . import sheet_words as words
from .base import LeftOut, ParsedQuestion, note_mark, safe_name
from .sheet_cells import (
    BadCell,
    Row,
    read_key,
    read_number,
    read_numerical,
    read_shares,
    written_number,
    written_numerical,
    written_share,
)

ARROWS = ("->", "→", "=>")
MEGABYTE = 1_000_000
Values = dict[str, str]


def language() -> int:
    """Return which words we write: 0 English, 1 Indonesian."""
    return int(gettext("Question") != "Question")


# --- reading ---------------------------------------------------------------------------------------------------------


def read_row(row: Row) -> ParsedQuestion:
    """Return the question of a row; its problems name the row, the column and the cure."""
    for column, cell in row.cells.items():
        if cell.wrong:
            row.complain(column, cell.wrong)
    kind = _kind_of(row)
    data = _common(row)
    if kind in READERS:
        data |= READERS[kind](row) | _settings(row, kind)
    question = ParsedQuestion(
        kind=kind or "unknown", name=safe_name(row.text("name"), data["text"]), data=data, tags=_tags(row.text("tags")),
        idnumber=row.text("id")[:100], category=row.text("category"), line=row.number, mark=_mark(row),
        state=_state(row),
    )  # fmt: skip
    question.name = question.name or gettext("Question in row %(row)s") % {"row": row.number}
    question.problems = row.problems
    if kind and not row.problems:
        _check(question)
    return question


def _check(question: ParsedQuestion) -> None:
    try:
        kind = get_kind(question.kind)
    except UnknownKind:
        question.problems.append(gettext("Row %(row)s: this kind is not known here.") % {"row": question.line})
        return
    question.data = kind.clean(question.data)
    question.problems += [
        gettext("Row %(row)s: %(problem)s") % {"row": question.line, "problem": problem}
        for problem in kind.problems(question.data)
    ]
    note_mark(question)


def _kind_of(row: Row) -> str:
    given = words.folded(row.text("kind"))
    if given in words.IS_CHOICE:
        several = not row.places("weight") and _key_names_several(row)
        return "multiple" if several else "single"
    if found := words.KIND_OF.get(given):
        return str(found)
    known = ", ".join(names[language()] for names in words.KINDS.values())
    row.complain(
        "kind",
        gettext("a sheet cannot hold the kind “%(kind)s”. Write one of these: %(known)s.")
        % {"kind": row.text("kind")[:40], "known": known},
    )
    return ""


def _key_names_several(row: Row) -> bool:
    options = {place: row.text(f"option:{place}") for place in row.places("option")}
    try:
        return len(read_key(row.text("key"), options)) > 1
    except BadCell:
        return False


def _common(row: Row) -> dict:
    if not row.text("text"):
        row.complain("text", gettext("the question has no text. Write it, or delete the row."))
    outcomes = {key: block for key in ("right", "partly", "wrong") if (block := _block(row, key))}
    hints = [_block(row, f"hint:{place}") for place in row.places("hint")]
    return {
        "text": _block(row, "text"),
        "general_feedback": _block(row, "general_feedback"),
        **({"outcomes": outcomes} if outcomes else {}),
        **({"hints": hints} if hints else {}),
    }


def _marked(row: Row, column: str) -> str:
    marked = markup.from_source(row.text(column))
    for picture in markup.pictures_elsewhere(marked):
        row.complain(
            column,
            gettext("the picture “%(picture)s” is not in the sheet. Take it out, and add it after the import.")
            % {"picture": picture[:80]},
        )
    return marked


def _block(row: Row, column: str) -> str:
    return markup.block(_marked(row, column)) if row.text(column) else ""


def _words(row: Row, column: str) -> str:
    return markup.inline(_marked(row, column)) if row.text(column) else ""


def _tags(text: str) -> list[str]:
    parts = text.split(";" if ";" in text else ",")
    return list(dict.fromkeys(tag for part in parts if (tag := " ".join(part.split()))))


def _mark(row: Row) -> Fraction:
    cell = row.cell("mark")
    if not cell.text:
        return Fraction(1)
    try:
        mark = Fraction(read_number(cell.text, cell.number))
    except BadCell as bad:
        row.complain("mark", bad)
        return Fraction(1)
    if mark < 0:
        row.complain("mark", gettext("the mark of a question cannot be below 0."))
    return mark


def _state(row: Row) -> str:
    given = words.folded(row.text("state"))
    if not given:
        return ""
    if given not in words.STATE_OF:
        known = ", ".join(names[language()] for names in words.STATES.values())
        row.complain("state", gettext("write one of these: %(known)s.") % {"known": known})
        return ""
    return str(words.STATE_OF[given])


# --- reading: the kinds ----------------------------------------------------------------------------------------------


def _choice(row: Row) -> dict:
    places = row.places("option", "weight", "feedback")
    for place in places:
        if not row.text(f"option:{place}"):
            row.complain(f"option:{place}", gettext("the option is empty, but it has a mark or feedback. Write it."))
    shares = read_shares(row, places)
    keys = _keys(row, places, needed=not shares)
    return {
        "options": [
            {
                "id": option_id(number),
                "text": _words(row, f"option:{place}"),
                "fraction": str(shares.get(place, Fraction(1, len(keys)) if place in keys else Fraction(0))),
                "feedback": _block(row, f"feedback:{place}"),
            }
            for number, place in enumerate(places)
        ]
    }


def _keys(row: Row, places: list[int], *, needed: bool) -> list[int]:
    options = {place: text for place in places if (text := row.text(f"option:{place}"))}
    try:
        keys = read_key(row.text("key"), options)
    except BadCell as bad:
        row.complain("key", bad)
        return []
    if not keys and needed:
        row.complain("key", gettext("the key is missing. Write the letter of the right option, for example B."))
    if len(keys) > 1 and words.KIND_OF.get(words.folded(row.text("kind"))) == "single":
        row.complain(
            "key",
            gettext("a question of one answer has one key. Write one letter, or the kind “%(kind)s”.")
            % {"kind": words.KINDS["multiple"][language()]},
        )
    return keys


def _truth(row: Row) -> dict:
    given = words.folded(row.text("key"))
    place = words.place_of(given)
    # Where the options are written out, a letter of the key names one of them.
    named = words.folded(row.text(f"option:{place}")) if place is not None else ""
    value = words.TRUTH_OF.get(named or given)
    if not isinstance(value, bool):
        row.complain("key", gettext("write BENAR or SALAH (TRUE or FALSE)."))
    return {"answer": value, "feedback_true": _block(row, "feedback:0"), "feedback_false": _block(row, "feedback:1")}


def _answers(row: Row, read: Callable[[Row, str], dict]) -> list[dict]:
    """Return accepted answers: the options with their marks, all of it without one; else the key is the answer."""
    places = row.places("option", "weight", "feedback")
    columns = [(f"option:{place}", place) for place in places] or [("key", -1)]
    shares = read_shares(row, places)
    found = []
    for column, place in columns:
        if not row.text(column):
            row.complain(column, gettext("the answer is missing. Write what counts as right."))
            continue
        try:
            answer = read(row, column)
        except BadCell as bad:
            row.complain(column, bad)
            continue
        share = shares.get(place, Fraction(1))
        found.append({**answer, "fraction": str(share), "feedback": _block(row, f"feedback:{place}")})
    return found


def _short_texts(row: Row) -> dict:
    return {"answers": _answers(row, lambda row, column: {"text": row.text(column)})}


def _numbers(row: Row) -> dict:
    return {"answers": _answers(row, lambda row, column: read_numerical(row.cell(column)))}


def _pairs(row: Row) -> dict:
    pairs: list[dict] = []
    choices: dict[str, str] = {}
    for place in row.places("option"):
        column = f"option:{place}"
        left, right = _halves(row.text(column))
        if right is None:
            row.complain(
                column, gettext("write the two halves with an arrow: Jepang -> Tokyo. A wrong half alone: -> Osaka.")
            )
            continue
        choice = choices.setdefault(right, str(len(choices) + 1))
        if left:
            text = markup.inline(markup.from_source(left))
            pairs.append({"id": option_id(len(pairs)), "text": text, "choice": choice})
    return {"pairs": pairs, "choices": [{"id": ident, "text": text} for text, ident in choices.items()]}


def _halves(text: str) -> tuple[str, str | None]:
    found = [(at, arrow) for arrow in ARROWS if (at := text.find(arrow)) >= 0]
    if not found:
        return text, None
    at, arrow = min(found)
    right = " ".join(text[at + len(arrow) :].split())
    return text[:at].strip(), right or None


def _items(row: Row) -> dict:
    places = row.places("option")
    return {"items": [{"id": option_id(n), "text": _words(row, f"option:{p}")} for n, p in enumerate(places)]}


def _essay(row: Row) -> dict:
    criteria: list[dict] = []
    for place in row.places("option", "weight"):
        cell = row.cell(f"weight:{place}")
        try:
            points = read_number(cell.text, cell.number)
        except BadCell as bad:
            row.complain(f"weight:{place}", bad)
            continue
        criteria.append({"id": option_id(len(criteria)), "text": row.text(f"option:{place}"), "points": points})
    return {"template": _block(row, "template"), "guide": _block(row, "guide"), "criteria": criteria}


READERS: dict[str, Callable[[Row], dict]] = {
    "single": _choice, "multiple": _choice, "truefalse": _truth, "shorttext": _short_texts, "numerical": _numbers,
    "matching": _pairs, "ordering": _items, "essay": _essay, "description": lambda row: {},
}  # fmt: skip


# --- reading: the settings -------------------------------------------------------------------------------------------


def _settings(row: Row, kind: str) -> dict:
    """Return what `acak=tidak; penilaian=semua` sets."""
    found: dict = {}
    for part in filter(str.strip, row.text("settings").split(";")):
        name, _equals, value = part.partition("=")
        key = words.SETTING_OF.get(words.folded(name))
        allowed = (*words.KINDS_OF_SETTINGS.get(kind, ()), "penalty")
        if key not in allowed:
            names = ", ".join(words.SETTINGS[known][language()] for known in allowed)
            row.complain(
                "settings",
                gettext("“%(name)s” is no setting of this kind. There are: %(known)s.")
                % {"name": name.strip()[:40], "known": names},
            )
            continue
        try:
            found[key] = _setting(str(key), value.strip())
        except BadCell as bad:
            row.complain("settings", bad)
    return found


def _setting(key: str, value: str):
    if key in words.SWITCHES:
        truth = words.TRUTH_OF.get(words.folded(value))
        if truth is None:
            raise BadCell(gettext("write ya or tidak (yes or no), not “%(value)s”.") % {"value": value[:40]})
        return truth
    if key in words.CHOICES:
        if (choice := words.CHOICE_OF[key].get(words.folded(value))) is None:
            known = ", ".join(names[language()] for names in words.CHOICES[key].values())
            raise BadCell(gettext("write one of these: %(known)s.") % {"known": known})
        return choice
    if key in words.COUNTS:
        return _count(value)
    if key == "units":
        return [_unit(part) for part in filter(str.strip, value.split("|"))]
    if key == "file_types":
        return [kind.lstrip(".").lower() for kind in value.replace(",", " ").split()]
    return str(_part(value))


def _part(value: str) -> Fraction:
    """Return the part of a mark that `1/3`, `25%`, `0,25` or `25` names."""
    share = read_fraction(value) if "/" in value else Fraction(read_number(value.removesuffix("%")))
    if share is None or not 0 <= share <= 100:
        raise BadCell(gettext("write a percentage from 0 to 100, not “%(value)s”.") % {"value": value[:40]})
    return share / 100 if share > 1 or value.endswith("%") else share


def _count(value: str) -> int:
    number, is_megabytes = value, value.upper().endswith("MB")
    if is_megabytes:
        number = value[:-2]
    count = Fraction(read_number(number)) * (MEGABYTE if is_megabytes else 1)
    if count < 0 or count.denominator != 1:
        raise BadCell(gettext("write a whole number, not “%(value)s”.") % {"value": value[:40]})
    return int(count)


def _unit(text: str) -> dict:
    name, _colon, multiplier = text.rpartition(":")
    if not name:
        name, multiplier = text, "1"
    return {"name": name.strip(), "multiplier": read_number(multiplier)}


# --- writing ---------------------------------------------------------------------------------------------------------


def write_row(question: ParsedQuestion) -> tuple[Values, list[LeftOut]]:
    """Return a question as a row, and what of it the sheet cannot hold; no values where it cannot hold the kind."""
    if question.kind not in WRITERS:
        why = gettext("A sheet cannot hold this kind of question; take Moodle XML or QTI.")
        return {}, [LeftOut(question.name, why, is_whole=True)]
    data = question.data
    values = {
        "kind": words.KINDS[question.kind][language()],
        "category": question.category,
        "id": question.idnumber,
        "name": question.name,
        "text": markup.to_source(data["text"]),
        "general_feedback": markup.to_source(data["general_feedback"]),
        **{key: markup.to_source(text) for key, text in data.get("outcomes", {}).items()},
        **{f"hint:{number}": markup.to_source(text) for number, text in enumerate(data.get("hints", []))},
        "tags": _written_tags(question.tags),
        "mark": "" if question.mark == 1 else written_number(_decimal(question.mark)),
        "state": words.STATES[question.state][language()] if question.state else "",
        "settings": _written_settings(question),
        **WRITERS[question.kind](data),
    }
    values = {column: text for column, text in values.items() if text}
    return values, _lost(question, values)


def _lost(question: ParsedQuestion, values: Values) -> list[LeftOut]:
    lost = []
    if any(files.names_in(text) for text in values.values()):
        lost.append(gettext("Its pictures are not in the sheet: they are found only on this site."))
    if question.mark != 1 and Fraction(_decimal(question.mark)) != question.mark:
        lost.append(gettext("Its mark has no end as a decimal number and is rounded."))
    if any(";" in tag for tag in question.tags):
        lost.append(gettext("A tag with a semicolon is read back as two."))
    return [LeftOut(question.name, why) for why in lost]


def _decimal(mark: Fraction) -> str:
    return f"{float(mark):.7f}".rstrip("0").rstrip(".")


def _written_tags(tags: list[str]) -> str:
    if any("," in tag for tag in tags):
        return "; ".join(tags) + ";"
    return ", ".join(tags)


def _written_options(data: dict) -> Values:
    options = data["options"]
    shares = [read_fraction(option["fraction"]) or Fraction(0) for option in options]
    right = [number for number, share in enumerate(shares) if share > 0]
    values = _repeated("option", [markup.to_source(option["text"]) for option in options])
    values |= _repeated("feedback", [markup.to_source(option["feedback"]) for option in options])
    if right and shares == [Fraction(int(n in right), len(right)) for n in range(len(shares))]:
        return {**values, "key": ", ".join(option_id(number).upper() for number in right)}
    return {**values, **_repeated("weight", [written_share(share) for share in shares])}


def _repeated(group: str, texts: list[str]) -> Values:
    return {f"{group}:{number}": text for number, text in enumerate(texts)}


def _written_truth(data: dict) -> Values:
    word = words.TRUTHS[data["answer"]][language()].upper()
    feedback = [markup.to_source(data["feedback_true"]), markup.to_source(data["feedback_false"])]
    return {"key": word, **_repeated("feedback", feedback)}


def _written_answers(data: dict, write: Callable[[dict], str]) -> Values:
    answers = data["answers"]
    shares = [read_fraction(answer["fraction"]) or Fraction(0) for answer in answers]
    values = _repeated("option", [write(answer) for answer in answers])
    values |= _repeated("feedback", [markup.to_source(answer["feedback"]) for answer in answers])
    if all(share == 1 for share in shares):
        return values
    return {**values, **_repeated("weight", [written_share(share) for share in shares])}


def _written_pairs(data: dict) -> Values:
    names = {choice["id"]: choice["text"] for choice in data["choices"]}
    lines = [f"{_left(pair['text'])} -> {names[pair['choice']]}" for pair in data["pairs"]]
    used = {pair["choice"] for pair in data["pairs"]}
    return _repeated("option", lines + [f"-> {text}" for ident, text in names.items() if ident not in used])


def _left(text: str) -> str:
    """Return the left half as people write it; with an arrow in it as HTML, where arrows are written otherwise."""
    source = markup.to_source(text)
    if not any(arrow in source for arrow in ARROWS):
        return source
    return text.replace("→", "&rarr;")


def _written_items(data: dict) -> Values:
    return _repeated("option", [markup.to_source(item["text"]) for item in data["items"]])


def _written_essay(data: dict) -> Values:
    criteria = data.get("criteria", [])
    return {
        "template": markup.to_source(data.get("template", "")),
        "guide": markup.to_source(data.get("guide", "")),
        **_repeated("option", [criterion["text"] for criterion in criteria]),
        **_repeated("weight", [written_number(_decimal(Fraction(criterion["points"]))) for criterion in criteria]),
    }


WRITERS: dict[str, Callable[[dict], Values]] = {
    "single": _written_options,
    "multiple": _written_options,
    "truefalse": _written_truth,
    "shorttext": lambda data: _written_answers(data, lambda answer: answer["text"]),
    "numerical": lambda data: _written_answers(data, written_numerical),
    "matching": _written_pairs,
    "ordering": _written_items,
    "essay": _written_essay,
    "description": lambda data: {},
}


def _written_settings(question: ParsedQuestion) -> str:
    """Return the settings that differ from what a row without them gets."""
    usual = get_kind(question.kind).clean({})
    keys = (*words.KINDS_OF_SETTINGS.get(question.kind, ()), "penalty")
    given = {key: value for key in keys if (value := question.data.get(key)) is not None and value != usual.get(key)}
    return "; ".join(f"{words.SETTINGS[key][language()]}={_written(key, value)}" for key, value in given.items())


def _written(key: str, value) -> str:
    if key in words.SWITCHES:
        return ("yes" if value else "no", "ya" if value else "tidak")[language()]
    if key in words.CHOICES:
        return words.CHOICES[key][value][language()]
    if key == "units":
        return "|".join(f"{unit['name']}:{written_number(str(unit['multiplier']))}" for unit in value)
    if key == "file_types":
        return " ".join(value)
    return str(value)
