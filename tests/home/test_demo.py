"""What makes one machine's demonstration the same as another's."""

import pytest

from home.demo import _wrong_answer
from questions.kinds import get_kind
from tests.factories import single

SEVERAL = single(weights={"a": "1/2", "b": "1/2", "c": "-1/2"})
TRUTH = {"text": "<p>Boleh?</p>", "answer": False, "feedback_true": "", "feedback_false": "", "general_feedback": ""}


@pytest.mark.parametrize(("kind", "data"), [("single", single()), ("multiple", SEVERAL), ("truefalse", TRUTH)])
def test_wrong_answer_earns_nothing_however_the_options_were_shuffled(kind, data):
    rules = get_kind(kind)
    assert rules.grade(data, _wrong_answer(data, rules.right_answer(data))) <= 0
