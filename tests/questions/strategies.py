"""What can be asked and answered, for the property tests of the kinds: a strategy of good data for each, in `asked`."""

from fractions import Fraction

from hypothesis import strategies as st

from questions.kinds import get_kind
from questions.kinds.ids import option_id


class Form(dict):
    """What a browser sends, as `QueryDict.getlist` gives it."""

    def getlist(self, name):
        return list(self.get(name, []))


words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
wrong_shares = st.fractions(min_value=-1, max_value=0, max_denominator=20)


def options(shares):
    return [
        {"id": option_id(n), "text": f"Pilihan {n}", "fraction": str(share), "feedback": f"<p>Umpan {n}</p>"}
        for n, share in enumerate(shares)
    ]


@st.composite
def single_data(draw):
    partial = draw(
        st.lists(st.fractions(min_value=-1, max_value=Fraction(9, 10), max_denominator=20), min_size=1, max_size=7)
    )
    shares = draw(st.permutations([Fraction(1), *partial]))
    return "single", get_kind("single").clean({"text": draw(words) + " x", "options": options(shares)})


@st.composite
def multiple_data(draw):
    pieces = draw(st.lists(st.integers(1, 9), min_size=1, max_size=5))
    right = [Fraction(piece, sum(pieces)) for piece in pieces]
    shares = draw(st.permutations(right + draw(st.lists(wrong_shares, min_size=1, max_size=4))))
    grading = draw(st.sampled_from(["partial", "all"]))
    data = {"text": draw(words) + " x", "options": options(shares), "grading": grading}
    return "multiple", get_kind("multiple").clean(data)


@st.composite
def truefalse_data(draw):
    return "truefalse", get_kind("truefalse").clean({"text": draw(words) + " x", "answer": draw(st.booleans())})


choices = st.one_of(single_data(), multiple_data())


@st.composite
def gapselect_data(draw):
    groups = draw(st.lists(st.integers(2, 4), min_size=1, max_size=3))
    choices = [
        {"id": f"{group}{number}", "text": f"Kata {group}{number}", "group": group}
        for group, size in enumerate(groups, 1)
        for number in range(1, size + 1)
    ]
    marks = draw(st.lists(st.sampled_from([choice["id"] for choice in choices]), min_size=1, max_size=5))
    text = " lalu ".join(f"[[{mark}]]" for mark in marks)
    return "gapselect", get_kind("gapselect").clean({"text": text, "choices": choices})


@st.composite
def cloze_data(draw):
    inner = draw(st.lists(choices, min_size=1, max_size=4))
    gaps = [
        {"id": str(number), "kind": kind, "data": data, "mark": str(draw(st.fractions(Fraction(1, 9), 5)))}
        for number, (kind, data) in enumerate(inner, 1)
    ]
    text = draw(st.permutations([f"<p>Isi [[{gap['id']}]] ini.</p>" for gap in gaps]))
    return "cloze", get_kind("cloze").clean({"text": "".join(text), "gaps": gaps})


SHAPES = [("rect", [1, 2, 30, 40]), ("circle", [50, 50, 9]), ("polygon", [0, 0, 80, 0, 40, 60])]


@st.composite
def hotspot_data(draw):
    kind, data = draw(choices)
    drawn = [draw(st.sampled_from(SHAPES)) for _option in data["options"]]
    areas = [{**o, "shape": shape, "coords": coords} for o, (shape, coords) in zip(data["options"], drawn, strict=True)]
    several = kind == "multiple"
    if several and sum(Fraction(area["fraction"]) for area in areas if Fraction(area["fraction"]) > 0) != 1:
        several, areas[0]["fraction"], areas[1]["fraction"] = False, "1", "0"
    picture = {"picture": f"{'a' * 64}.png", "alt": "Denah", "width": 100, "height": 80}
    return "hotspot", get_kind("hotspot").clean({"text": "Di mana?", "areas": areas, "several": several, **picture})


@st.composite
def essay_data(draw):
    least = draw(st.integers(0, 5))
    files = draw(st.integers(0, 3))
    data = {
        "text": draw(words) + " x",
        "editor": draw(st.sampled_from(["rich", "plain", "none"] if files else ["rich", "plain"])),
        "words_min": least,
        "words_max": draw(st.sampled_from([0, least + 3])),
        "files": files,
        "files_required": draw(st.integers(0, files)),
        "template": draw(st.sampled_from(["", "<p>Pendapat saya:</p>"])),
        "criteria": [{"text": "Alasan", "points": "5/2"}],
    }
    return "essay", get_kind("essay").clean(data)


@st.composite
def upload_data(draw):
    data = {"text": draw(words) + " x", "files": draw(st.integers(1, 3)), "file_types": ["pdf"]}
    return "upload", get_kind("upload").clean(data)


@st.composite
def likert_data(draw):
    levels = [{"text": f"Tingkat {number}"} for number in range(draw(st.integers(2, 7)))]
    statements = [{"text": f"Pernyataan {number}"} for number in range(draw(st.integers(1, 4)))]
    return "likert", get_kind("likert").clean({"text": "Setuju?", "levels": levels, "statements": statements})


description_data = words.map(lambda text: ("description", get_kind("description").clean({"text": text + " x"})))
of_gaps = st.one_of(gapselect_data(), cloze_data())
handed_in = st.one_of(essay_data(), upload_data())


@st.composite
def matching_data(draw):
    count, distractors = draw(st.integers(2, 5)), draw(st.integers(0, 2))
    kinds_of_choice = draw(st.integers(2, count))
    pairs = [
        {"text": f"Soal {n}", "choice": str(n + 1 if n < kinds_of_choice else draw(st.integers(1, kinds_of_choice)))}
        for n in range(count)
    ]
    known = [{"id": str(n + 1), "text": f"Jawab {n}"} for n in range(kinds_of_choice + distractors)]
    data = {"text": draw(words) + " x", "pairs": pairs, "choices": known, "shuffle": draw(st.booleans())}
    return "matching", get_kind("matching").clean(data)


@st.composite
def ordering_data(draw):
    names = draw(st.lists(st.sampled_from("KLMNOPQR"), min_size=2, max_size=7, unique=True))
    grading = draw(st.sampled_from(["position", "pairs", "longest", "all"]))
    data = {"text": draw(words) + " x", "grading": grading, "items": [{"text": name} for name in names]}
    return "ordering", get_kind("ordering").clean(data)


@st.composite
def shorttext_data(draw):
    """Draw answers of letters, accents and wildcards, those that are never reached left out."""
    kind = get_kind("shorttext")
    patterns = st.text("aAéb*\\* ’", min_size=1, max_size=6)
    data = {
        "text": draw(words) + " x",
        "case": draw(st.booleans()),
        "accents": draw(st.booleans()),
        "answers": [{"text": "Palu", "fraction": "1"}],
    }
    for pattern in draw(st.lists(patterns, max_size=5)):
        more = {"text": pattern, "fraction": str(draw(st.fractions(-1, 1, max_denominator=10))), "feedback": pattern}
        if not kind.validate({**data, "answers": [more, *data["answers"]]}):
            data["answers"] = [more, *data["answers"]]
    return "shorttext", kind.clean(data)


decimals = st.decimals(-10_000, 10_000, places=3).map(str)


@st.composite
def numerical_data(draw):
    """Draw values, ranges and units, those that are never reached left out."""
    kind = get_kind("numerical")
    units = draw(st.sampled_from([[], [{"name": "m"}], [{"name": "km", "multiplier": "0.001"}, {"name": "m²"}]]))
    rules = ["none", "optional", "required"] if units else ["none"]
    right = {"value": draw(decimals), "tolerance": draw(st.sampled_from(["0", "0.5", "3"])), "fraction": "1"}
    right["tolerance_kind"] = draw(st.sampled_from(["absolute", "relative", "geometric"]))
    data = {"text": draw(words) + " x", "answers": [right], "units": units, "unit_rule": draw(st.sampled_from(rules))}
    for _ in range(draw(st.integers(0, 3))):
        low, high = sorted([draw(decimals), draw(decimals)], key=float)
        more = {"low": low, "high": high, "fraction": draw(st.sampled_from(["1/2", "1/3", "0", "-1", "1"]))}
        if not kind.validate({**data, "answers": [more, *data["answers"]]}):
            data["answers"] = [more, *data["answers"]]
    return "numerical", kind.clean(data)


matched_or_typed = st.one_of(matching_data(), ordering_data(), shorttext_data(), numerical_data())
asked = st.one_of(
    choices, matched_or_typed, truefalse_data(), of_gaps, hotspot_data(), handed_in, likert_data(), description_data
)
KEYS = ["text", "options", "id", "fraction", "feedback", "answer", "chosen", "value", "shuffle", "grading"]
KEYS += [
    "choices",
    "group",
    "gaps",
    "kind",
    "data",
    "mark",
    "areas",
    "coords",
    "levels",
    "statements",
    "files",
    "criteria", "pairs", "matches", "items", "places", "answers", "low", "high", "tolerance", "units", "multiplier",
]  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=12,
)


@st.composite
def answered(draw, questions=asked):
    """Draw a question and an answer to it that an editor wants to see; None where there are no such answers."""
    kind, data = draw(questions)
    return kind, data, draw(st.sampled_from(get_kind(kind).samples(data) or [None]))
