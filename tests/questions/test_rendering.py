"""What a learner sees of a question before and after, and what they must not see before."""

import re

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string

from questions.kinds import Review, get_kind
from questions.rendering import ShownQuestion, self_check_context

NOTHING = Review(correctness=False, feedback=False, general=False, right_answer=False)
TRUTH = {
    "text": "Benar?",
    "answer": False,
    "feedback_true": "Bukan begitu",
    "feedback_false": "Tepat sekali",
    "general_feedback": "Ingat",
}


def data_of(kind):
    if kind == "truefalse":
        return get_kind(kind).clean(TRUTH)
    shares = {"single": ["0", "1", "1/2"], "multiple": ["1/2", "1/2", "-1"]}[kind]
    options = [
        {"id": "abc"[n], "text": f"Pilihan <b>{n}</b>", "fraction": share, "feedback": f"<p>Ulasan {n}</p>"}
        for n, share in enumerate(shares)
    ]
    return get_kind(kind).clean({"text": "Apa?", "general_feedback": "Ingat", "options": options})


def render(kind, **fields):
    fields.setdefault("disabled", "review" in fields)
    shown = ShownQuestion(
        **{
            "kind": kind,
            "data": data_of(kind),
            "arrangement": None,
            "answer": None,
            "name": "jawab",
            "disabled": "review" in fields,
            **fields,
        }
    )
    return Template("{% load questions_tags %}{% question shown %}").render(Context({"shown": shown}))


def inputs(html):
    return re.findall(r'<input type="(\w+)" name="(\w+)" value="(\w+)"( checked)?( disabled)?>', html)


@pytest.mark.parametrize(
    ("kind", "type_", "values"),
    [("single", "radio", "abc"), ("multiple", "checkbox", "abc"), ("truefalse", "radio", ["true", "false"])],
)
def test_question_is_a_fieldset_of_native_inputs(kind, type_, values):
    html = render(kind)
    assert "<fieldset" in html
    assert "<legend>" in html
    assert [(kind_, name, value) for kind_, name, value, *_ in inputs(html)] == [
        (type_, "jawab", value) for value in values
    ]
    assert html.count('<label class="option') == len(values)
    assert "checked" not in html


@pytest.mark.parametrize("kind", ["single", "multiple", "truefalse"])
@pytest.mark.parametrize("disabled", [False, True])
def test_question_tells_nothing_before_the_review(kind, disabled):
    answers = get_kind(kind).samples(data_of(kind))
    pages = {re.sub(" checked", "", render(kind, answer=answer, disabled=disabled)) for answer in answers}
    assert len(pages) == 1
    page = pages.pop()
    for secret in ("Ulasan", "Ingat", "Tepat", "Bukan begitu", "Right", "option--", "chip"):
        assert secret not in page.replace("option--still", "")
    assert ("disabled" in page) is disabled


def test_question_follows_the_arrangement_and_keeps_the_choice():
    html = render("single", arrangement={"order": ["c", "a", "b"]}, answer={"chosen": ["a"]})
    assert [(value, bool(checked)) for _type, _name, value, checked, _disabled in inputs(html)] == [
        ("c", False),
        ("a", True),
        ("b", False),
    ]


def test_review_says_in_words_what_was_chosen_and_what_is_right():
    html = render("single", answer={"chosen": ["a"]}, review=Review())
    chosen, right, other = html.split('<label class="')[1:]
    assert chosen.startswith("option option--wrong option--still")
    assert "Not right" in chosen
    assert "Your answer." in chosen
    assert "Ulasan 0" in chosen
    assert right.startswith("option option--right")
    assert "Right answer" in right
    assert "Ulasan 1" not in right
    assert other.startswith("option option--still")
    assert "<strong>Right answer:</strong> Pilihan 1" in html
    assert "Ingat" in html
    assert all(disabled for *_, disabled in inputs(html))


def test_review_calls_a_part_a_part():
    assert "Partly right" in render("single", answer={"chosen": ["c"]}, review=Review())


def test_review_of_several_answers_calls_each_right_one_right():
    html = render("multiple", answer={"chosen": ["a", "c"]}, review=Review())
    first, second, third = html.split('<label class="')[1:]
    assert "> Right" not in second
    assert "Right answer" in second
    assert "Right" in first
    assert "Not right" in third


def test_review_hides_the_right_answer_where_it_must():
    html = render("single", answer={"chosen": ["a"]}, review=Review(right_answer=False))
    assert "Right answer" not in html
    assert "option--right" not in html
    assert "Not right" in html
    html = render("single", answer={"chosen": ["a"]}, review=NOTHING)
    for secret in ("Not right", "Ulasan", "Ingat", "Right answer"):
        assert secret not in html
    assert "Your answer." in html


def test_review_of_true_or_false_shows_its_feedback():
    html = render("truefalse", answer={"value": True}, review=Review())
    assert "Bukan begitu" in html
    assert "Tepat sekali" not in html
    assert "<strong>Right answer:</strong> False" in html


def test_review_says_when_nothing_was_chosen():
    assert "You gave no answer." in render("multiple", review=Review())


def test_self_check_has_everything_in_the_page_without_a_script():
    html = render_to_string("questions/self_check.html", self_check_context("single", data_of("single"), "periksa-1"))
    assert "<details" in html
    answer = html.split("<details")[1]
    for words in ("Right answer:", "Pilihan 1", "Ulasan 0", "Ulasan 1", "Ulasan 2", "Ingat"):
        assert words in answer
    assert re.findall(r'name="(periksa-1)" value="(\w)" data-worth="(\w+)"', html) == [
        ("periksa-1", "a", "wrong"), ("periksa-1", "b", "right"), ("periksa-1", "c", "partly"),
    ]  # fmt: skip
    assert '<script type="module" src=' in html
    assert "style=" not in html


def test_self_check_makes_an_editors_data_safe():
    data = {"text": "<script>x()</script>Apa?", "answer": True, "feedback_true": "<p onclick='x()'>Ya</p>"}
    html = render_to_string("questions/self_check.html", self_check_context("truefalse", data, "p"))
    assert "x()" not in html
    assert "<p>Ya</p>" in html
