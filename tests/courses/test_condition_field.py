"""The editor's field of an access condition: by rows and by tree, and what it refuses."""

import json

import pytest
from django.utils import translation
from hypothesis import given

from courses.condition_choices import choices_for
from courses.condition_field import ConditionField, flat_rows, sentence
from courses.models import ModulePage
from people.services import save_audience
from tests.factories import AgencyFactory, ShelfPageFactory, UnitFactory, lessons_of, make_course

from .test_conditions import TREES

ZONE = "Asia/Jayapura"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def agency(db):
    return AgencyFactory(time_zone=ZONE)


@pytest.fixture
def course(agency):
    return make_course(parent=ShelfPageFactory(agency=agency), modules=2, lessons=2)


def field_for(page, stored=None):
    return ConditionField(choices=choices_for(page, page.get_parent()), stored=stored or {})


def send(field, data):
    return field.clean(field.widget.value_from_datadict(data, {}, "condition"))


def rows(*parts, joint="all"):
    data = {"condition-mode": "rows", "condition-joint": joint}
    for number, part in enumerate(parts):
        data |= {f"condition-{number}-{name}": value for name, value in part.items()}
    return data


def test_rows_become_a_condition_and_are_shown_again(course, agency):
    lesson, other = lessons_of(course)[:2]
    unit = UnitFactory(agency=agency)
    field = field_for(lesson)
    told = send(field, rows(
        {"what": f"finished:{other.pk}"}, {"what": f"mark:{other.pk}", "percent": "70"}, {"what": ""},
        {"what": "from:", "at": "2026-12-01T08:00", "zone": ZONE}, {"what": f"unit:{unit.pk}", "not": "on"},
        joint="any",
    ))  # fmt: skip
    assert told == {
        "any": [
            {"finished": other.pk},
            {"mark": other.pk, "at_least": 70},
            {"from": "2026-12-01T08:00:00+09:00"},
            {"not": {"unit": unit.pk}},
        ]
    }
    page = field.widget.render("condition", told)
    assert f'value="finished:{other.pk}" selected' in page
    assert 'value="2026-12-01T08:00"' in page
    assert [row["negated"] for row in flat_rows(told, ZONE)] == [False, False, False, True]
    assert send(field, rows()) == {}
    assert send(field, rows({"what": "post_kind:jpt"})) == {"post_kind": "jpt"}


def test_a_nested_tree_is_kept_without_a_script_and_may_be_removed(course):
    lesson, other = lessons_of(course)[:2]
    tree = {"any": [{"finished": other.pk}, {"all": [{"post_kind": "jpt"}, {"not": {"finished": other.pk}}]}]}
    field = field_for(lesson, stored=tree)
    page = field.widget.render("condition", tree)
    assert 'name="condition-mode" value="tree"' in page
    assert 'name="condition-0-what"' not in page
    assert send(field, {"condition-mode": "tree", "condition": json.dumps(tree)}) == tree
    assert send(field, {"condition-mode": "tree", "condition": json.dumps(tree), "condition-clear": "on"}) == {}


@pytest.mark.parametrize(
    "data",
    [
        rows({"what": "finished:"}), rows({"what": "finished:x"}), rows({"what": "mark:1", "percent": ""}),
        rows({"what": "from:", "at": ""}), rows({"what": "nonsense"}),
        {"condition-mode": "tree", "condition": "{"}, {"condition-mode": "tree", "condition": "[1]"},
        {"condition-mode": "tree", "condition": '{"finnished": 1}'},
        {"condition-mode": "tree", "condition": "[" * 99_999},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_incomplete_is_refused(course, data):
    with pytest.raises(Exception, match=r"incomplete|not in this course"):
        send(field_for(lessons_of(course)[0]), data)


def test_other_agencies_and_other_courses_things_are_refused(course, agency):
    lesson = lessons_of(course)[0]
    strange = AgencyFactory()
    closed = make_course(parent=ShelfPageFactory(agency=strange), sharing="own")
    group = save_audience(agency=strange, name="Rahasia")
    field = field_for(lesson)
    page = field.widget.render("condition", {})
    assert "Rahasia" not in page
    assert closed.title not in page
    for leaf in (
        {"unit": UnitFactory(agency=strange).pk}, {"group": group.pk}, {"finished_course": closed.pk},
        {"finished": lessons_of(closed)[0].pk}, {"not": {"group": group.pk}}, {"post_kind": "raja"},
    ):  # fmt: skip
        with pytest.raises(Exception, match="not in this course or agency"):
            send(field, {"condition-mode": "tree", "condition": json.dumps(leaf)})
    # What stands there already may stay: it is closed, and says so.
    assert send(field_for(lesson, stored={"group": group.pk}), {"condition": json.dumps({"group": group.pk})})


def test_circles_are_refused(course):
    first, second, third, _fourth = lessons_of(course)
    second.condition = {"finished": first.pk}
    second.save()
    send(field_for(third), rows({"what": f"finished:{second.pk}"}))
    with pytest.raises(Exception, match="circle"):
        send(field_for(first), rows({"what": f"mark:{second.pk}", "percent": "50"}))
    module = ModulePage.objects.get(pk=second.get_parent().pk)
    other = ModulePage.objects.get(pk=third.get_parent().pk)
    with pytest.raises(Exception, match="not in this course"):
        send(field_for(module), rows({"what": f"finished:{first.pk}"}))
    module.condition = {"finished": third.pk}
    module.save()
    with pytest.raises(Exception, match="circle"):
        send(field_for(other), rows({"what": f"finished:{first.pk}"}))
    with pytest.raises(Exception, match="circle"):
        send(field_for(third), rows({"what": f"finished:{first.pk}"}))


def test_courses_that_wait_for_each_other_are_refused(course, agency):
    from courses.services import refresh_course

    other = make_course(parent=course.get_parent().specific)
    lesson = lessons_of(other)[0]
    lesson.condition = {"finished_course": course.pk}
    lesson.save()
    refresh_course(course=other)
    with pytest.raises(Exception, match="circle"):
        send(field_for(lessons_of(course)[0]), rows({"what": f"finished_course:{other.pk}"}))


def test_the_sentence_says_it_plainly(course):
    lesson, other = lessons_of(course)[:2]
    choices = choices_for(lesson, lesson.get_parent())
    told = {
        "all": [{"finished": other.pk}, {"any": [{"post_kind": "jpt"}, {"not": {"mark": other.pk, "at_least": 70}}]}]
    }
    assert sentence(told, choices).count(other.title) == 2
    assert sentence({}, choices)
    assert sentence({"group": 10**9}, choices) == sentence("{", choices)


@given(TREES)
def test_any_tree_is_shown_without_failing(tree):
    rows_of = flat_rows(tree, ZONE)
    assert rows_of is None or len(rows_of) <= 50


def test_the_forms_of_lesson_and_module_carry_it(course, client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser(password="x"))
    for page in (lessons_of(course)[0], ModulePage.objects.child_of(course).first()):
        answer = client.get(f"/admin/pages/{page.pk}/edit/")
        assert "data-condition" in answer.content.decode()
        assert "js/condition-form.js" in answer.content.decode()
