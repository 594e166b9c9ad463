"""What makes one machine's demonstration the same as another's."""

import pytest

from home.demo import _wrong_answer
from questions.kinds import get_kind
from tests.factories import single

SEVERAL = single(weights={"a": "1/2", "b": "1/2", "c": "-1/2"})
TRUTH = {"text": "<p>Boleh?</p>", "answer": False}
PAIRS = {
    "pairs": [{"id": key, "text": key, "choice": key} for key in "abc"],
    "choices": [{"id": key, "text": key} for key in "abc"],
}
SUM = {"answers": [{"kind": "exact", "value": "7", "tolerance": "0", "fraction": "1"}]}
WORD = {"answers": [{"text": "asas", "fraction": "1"}, {"text": "azas", "fraction": "1/2"}]}
OPINION = {"text": "<p>Bacalah.</p>"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("single", single()),
        ("multiple", SEVERAL),
        ("truefalse", TRUTH),
        ("matching", PAIRS),
        ("numerical", SUM),
        ("shorttext", WORD),
    ],
)
def test_wrong_answer_of_any_kind_is_an_answer_and_earns_nothing(name, data):
    kind = get_kind(name)
    data = kind.clean({"text": "<p>Apa?</p>", **data})
    assert kind.grade(data, kind.right_answer(data)) == 1
    wrong = _wrong_answer(kind, data)
    assert wrong
    assert kind.grade(data, wrong) <= 0


def test_where_nothing_can_be_answered_there_is_no_wrong_answer():
    kind = get_kind("description")
    assert _wrong_answer(kind, kind.clean(OPINION)) is None
