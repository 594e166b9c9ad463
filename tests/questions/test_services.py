"""The bank's rows: versions only grow, categories stay a tree, a file comes in whole or not at all."""

import copy
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from people.models import AgencyRole
from questions import queries, services
from questions.models import Category, Question, QuestionVersion
from tests.factories import (
    AgencyFactory,
    AgencyRoleFactory,
    CategoryFactory,
    PersonFactory,
    learner_in,
    quiz_in_course,
    ready_question,
    single,
)

pytestmark = pytest.mark.django_db


# --- questions and versions ------------------------------------------------------------------------------------------


def test_create_question_makes_a_first_version_with_clean_data():
    by = PersonFactory()
    data = single("<script>x</script>Apa?")
    question = services.create_question(
        category=CategoryFactory(),
        kind="single",
        name="Soal",
        data=data,
        tags=["loket", " etika "],
        idnumber="A-1",
        by=by,
    )
    version = question.versions.get()
    assert (version.number, version.is_ready, version.created_by) == (1, True, by)
    assert version.data["text"] == "<p>Apa?</p>"
    assert sorted(Question.objects.get().tags.names()) == ["etika", "loket"]


def test_create_question_refuses_what_cannot_be_asked():
    with pytest.raises(services.InvalidQuestion) as refusal:
        services.create_question(category=CategoryFactory(), kind="single", name="x", data={"text": "Apa?"})
    assert "At least two options are needed." in refusal.value.problems
    assert not Question.objects.exists()


def test_save_version_adds_one_only_for_a_new_wording():
    question = ready_question()
    first = question.versions.get()
    assert services.save_version(question=question, data=copy.deepcopy(first.data)) == first
    assert services.save_version(question=question, data={**first.data, "text": "Apa lagi?"}).number == 2
    assert services.save_version(question=question, data=first.data).number == 3
    first.refresh_from_db()
    assert first.data["text"] == "<p>Apa?</p>"
    assert list(question.versions.values_list("number", flat=True)) == [3, 2, 1]


def test_save_version_takes_differently_typed_data_for_equal():
    question = ready_question()
    data = copy.deepcopy(question.versions.get().data)
    data["options"][0]["fraction"] = "1.0"
    data["text"] = f" {data['text']} "
    assert services.save_version(question=question, data=data).number == 1


def test_version_numbers_are_unique():
    question = ready_question()
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionVersion.objects.create(question=question, number=1, data={})


def test_versions_of_a_draft_are_not_ready_until_it_is():
    question = services.create_question(
        category=CategoryFactory(), kind="single", name="x", data=single(), state=Question.State.DRAFT
    )
    services.save_version(question=question, data=single("Dua?"))
    assert queries.latest_ready([question.pk]) == {}
    about = {"name": "x", "category": question.category, "tags": [], "default_mark": Decimal(2)}
    services.update_question(question=question, state=Question.State.READY, **about)
    assert queries.latest_ready([question.pk])[question.pk].number == 2
    assert not question.versions.get(number=1).is_ready
    question.refresh_from_db()
    assert question.default_mark == 2


def test_latest_ready_takes_one_query(django_assert_num_queries):
    questions = [ready_question(name=f"Soal {number}") for number in range(3)]
    services.save_version(question=questions[0], data=single("Baru?"))
    QuestionVersion.objects.create(question=questions[1], number=2, is_ready=False, data=single("Belum?"))
    with django_assert_num_queries(1):
        found = queries.latest_ready([question.pk for question in questions])
        assert {pk: version.question.kind for pk, version in found.items()} == {q.pk: "single" for q in questions}
    assert [found[question.pk].number for question in questions] == [2, 1, 1]


def test_retired_question_stays_for_the_quizzes_that_have_it_and_can_come_back():
    question = ready_question()
    services.retire(question=question)
    assert Question.objects.get().state == Question.State.RETIRED
    assert question.pk in queries.latest_ready([question.pk])
    services.restore(question=question)
    assert Question.objects.get().state == Question.State.READY


def test_usage_counts_places_and_times_asked():
    from quizzes.services import start_attempt

    used, unused = ready_question(name="Dipakai"), ready_question(name="Tidak")
    quiz = quiz_in_course([used])
    start_attempt(person=learner_in(quiz), quiz=quiz)
    assert queries.usage([used.pk, unused.pk]) == {used.pk: queries.Usage(1, 1), unused.pk: queries.Usage(0, 0)}


# --- categories ------------------------------------------------------------------------------------------------------


def test_category_at_makes_what_is_missing_once():
    agency = AgencyFactory()
    leaf = services.category_at(path=" Etika / Gratifikasi ", agency=agency)
    assert (leaf.name, leaf.parent.name, leaf.agency, leaf.parent.agency) == ("Gratifikasi", "Etika", agency, agency)
    assert services.category_at(path="Etika/Gratifikasi", agency=agency) == leaf
    assert services.category_at(path="Etika/Gratifikasi", agency=None) != leaf
    assert services.category_at(path="Lain", below=leaf).parent == leaf
    assert services.category_at(path="UU 5//2014", agency=agency).name == "UU 5/2014"
    assert Category.objects.count() == 6


def test_category_at_refuses_an_empty_path():
    with pytest.raises(services.InvalidCategory):
        services.category_at(path=" / ", agency=None)


def test_move_category_keeps_a_tree_inside_one_agency():
    top = CategoryFactory()
    below = CategoryFactory(agency=top.agency, parent=top)
    with pytest.raises(services.InvalidCategory, match="part of itself"):
        services.move_category(category=top, name="x", parent=below)
    with pytest.raises(services.InvalidCategory, match="stays in its agency"):
        services.move_category(category=below, name="x", parent=CategoryFactory())
    twin = CategoryFactory(agency=top.agency, parent=top)
    with pytest.raises(services.InvalidCategory, match="already"):
        services.move_category(category=below, name=twin.name, parent=top)
    assert services.move_category(category=below, name="Baru", parent=None).parent is None


def test_category_moved_into_a_shared_one_is_shared_with_all_in_it():
    agency = AgencyFactory()
    top, moved = CategoryFactory(agency=agency, is_shared=True), CategoryFactory(agency=agency)
    below = CategoryFactory(agency=agency, parent=moved)
    services.move_category(category=moved, name=moved.name, parent=top)
    below.refresh_from_db()
    assert (moved.is_shared, below.is_shared) == (True, True)


def test_category_of_no_agency_is_everybodys_already():
    category = services.share_category(category=CategoryFactory(agency=None), is_shared=True)
    assert not category.is_shared


def test_delete_category_keeps_one_that_holds_something():
    category = CategoryFactory()
    services.create_question(category=category, kind="single", name="x", data=single())
    with pytest.raises(services.InvalidCategory, match="not empty"):
        services.delete_category(category=category)
    empty = CategoryFactory()
    services.delete_category(category=empty)
    assert list(Category.objects.all()) == [category]


def test_category_tree_goes_depth_first_with_the_shared_ones_on_top():
    agency = AgencyFactory(name="A")
    etika = CategoryFactory(agency=agency, name="Etika")
    CategoryFactory(agency=agency, name="Waktu")
    CategoryFactory(agency=agency, name="Zona", parent=etika)
    CategoryFactory(agency=None, name="Umum")
    tree = queries.category_tree(Category.objects.all())
    assert [(branch.path, branch.depth) for branch in tree] == [
        ("Umum", 0),
        ("Etika", 0),
        ("Etika/Zona", 1),
        ("Waktu", 0),
    ]
    assert queries.categories_below(etika) == set(
        Category.objects.filter(name__in=["Etika", "Zona"]).values_list("pk", flat=True)
    )


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "views", "edits"),
    [
        (AgencyRole.Role.EDITOR, True, True),
        (AgencyRole.Role.ORGANISER, True, True),
        (AgencyRole.Role.REVIEWER, True, False),
        (None, False, False),
    ],
)
def test_rules_follow_the_role_in_the_agency(role, views, edits):
    own, foreign, shared = CategoryFactory(), CategoryFactory(), CategoryFactory(agency=None)
    person = PersonFactory()
    if role:
        AgencyRoleFactory(person=person, agency=own.agency, role=role)
    access = queries.bank_access(person)
    assert (access.can_view(own), access.can_edit(own)) == (views, edits)
    assert (access.can_view(shared), access.can_edit(shared)) == (views, False)
    assert (access.can_view(foreign), access.can_edit(foreign)) == (False, False)
    assert access.may_view is views


def test_rules_let_an_administrator_do_everything():
    person = PersonFactory(is_superuser=True)
    for category in (CategoryFactory(), CategoryFactory(agency=None)):
        assert queries.bank_access(person).can_edit(category)
        assert queries.bank_access(person).can_view(category)


def test_rules_forget_a_role_that_has_ended():
    import datetime as dt

    category = CategoryFactory()
    role = AgencyRoleFactory(agency=category.agency, valid_to=dt.date(2020, 1, 1))
    assert not queries.bank_access(role.person).can_edit(category)
    assert not queries.bank_access(role.person).may_view


def test_lists_of_categories_agree_with_the_rules():
    own, foreign, shared = CategoryFactory(), CategoryFactory(), CategoryFactory(agency=None)
    lent = CategoryFactory(is_shared=True)
    role = AgencyRoleFactory(agency=own.agency, role=AgencyRole.Role.EDITOR)
    access = queries.bank_access(role.person)
    assert set(queries.categories_visible(access)) == {own, shared, lent}
    assert (access.can_view(lent), access.can_edit(lent)) == (True, False)
    assert set(queries.categories_editable(access)) == {own}
    stranger = queries.bank_access(PersonFactory())
    assert not queries.categories_visible(stranger).exists()
    assert not stranger.can_view(lent)
    assert not queries.categories_editable(stranger).exists()
    assert foreign not in queries.categories_visible(access)
