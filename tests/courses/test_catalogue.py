"""The catalogue: what a visitor finds, by filters and by search, and nothing of what they may not open."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.test import RequestFactory
from wagtail.rich_text import RichText

from courses import catalogue
from courses.catalogue import CourseMark, catalogue_of
from courses.models import CoursePage
from courses.services import refresh_course
from tests.factories import (
    AgencyFactory,
    EmploymentFactory,
    LessonPageFactory,
    ModulePageFactory,
    ShelfPageFactory,
    make_course,
)


@pytest.fixture(autouse=True)
def no_marks(monkeypatch):
    """Begin without anybody who knows what learners do."""
    monkeypatch.setattr(catalogue, "_providers", [])


@pytest.fixture
def palu(db):
    return AgencyFactory(slug="palu", short_name="Kota Palu")


@pytest.fixture
def learner(palu):
    return EmploymentFactory(agency=palu).person


def asked(person=None, **query):
    request = RequestFactory().get("/katalog/", query)
    request.user = person or AnonymousUser()
    return catalogue_of(request)


def titles(shown) -> list[str]:
    return [card.course.title for card in shown.cards]


def chip(shown, label):
    return next(chip for chip in shown.chips if str(chip.label) == label)


# --- cards and filters -----------------------------------------------------------------------------------------------


def test_cards_show_only_what_the_visitor_may_open(learner, palu):
    sorong = AgencyFactory(slug="sorong")
    make_course(title="Untuk semua")
    make_course(title="Milik Palu", parent=ShelfPageFactory(agency=palu), sharing="own")
    make_course(title="Milik Sorong", parent=ShelfPageFactory(agency=sorong), sharing="own")
    make_course(title="Belum ada isinya", lessons=0)
    draft = make_course(title="Draf")
    draft.unpublish()
    assert titles(asked()) == ["Untuk semua"]
    assert titles(asked(learner)) == ["Untuk semua", "Milik Palu"]


def test_short_courses_take_less_than_an_hour(db):
    make_course(title="Pendek", lessons=7)  # 56 minutes
    make_course(title="Panjang", lessons=8)  # 64 minutes
    assert titles(asked(singkat="1")) == ["Pendek"]


def test_topics_filter_and_chips_name_only_open_ones(learner, palu):
    course = make_course(title="Etika")
    course.topics.add("gratifikasi")
    course.save()
    hidden = make_course(title="Rahasia", parent=ShelfPageFactory(agency=AgencyFactory()), sharing="own")
    hidden.topics.add("topik rahasia")
    hidden.save()
    make_course(title="Lain")
    shown = asked(learner, topik="gratifikasi")
    assert titles(shown) == ["Etika"]
    assert chip(shown, "gratifikasi").current
    assert "topik rahasia" not in {str(chip.label) for chip in shown.chips}


def test_the_chosen_topic_has_a_chip_among_many(db):
    course = make_course()
    course.topics.add(*(f"topik {number}" for number in range(9)))
    course.save()
    shown = asked(topik="topik-8")
    assert chip(shown, "topik 8").current
    assert sum(label.startswith("topik") for label in (str(chip.label) for chip in shown.chips)) == 4


def test_agencies_filter_by_their_shelf(learner, palu):
    sorong = AgencyFactory(slug="sorong", short_name="Kota Sorong")
    make_course(title="Dari Palu", parent=ShelfPageFactory(agency=palu))
    make_course(title="Dari Sorong", parent=ShelfPageFactory(agency=sorong))
    shown = asked(learner, instansi="sorong")
    assert titles(shown) == ["Dari Sorong"]
    assert chip(shown, "Kota Sorong").current
    assert not chip(shown, "Kota Palu").current


def test_an_unknown_agency_or_topic_finds_nothing(db):
    make_course()
    assert titles(asked(instansi="tidak-ada")) == []
    assert titles(asked(topik="tidak-ada")) == []


def test_values_that_make_no_sense_count_as_not_given(db):
    make_course(title="Ada")
    assert titles(asked(instansi="../%", topik="a b c", page="x", singkat="")) == ["Ada"]


def test_required_courses_are_those_assigned(learner, monkeypatch):
    mine, chosen = make_course(title="Ditugaskan"), make_course(title="Dipilih")
    marks = {mine.pk: CourseMark(assigned=True, percent=40), chosen.pk: CourseMark(percent=10)}
    monkeypatch.setattr(catalogue, "_providers", [lambda person: marks])
    shown = asked(learner, wajib="1")
    assert titles(shown) == ["Ditugaskan"]
    assert shown.cards[0].mark.percent == 40
    assert titles(asked(wajib="1")) == [], "a visitor has nothing that is required"


def test_chips_keep_the_other_wishes(db):
    course = make_course()
    course.topics.add("etika")
    course.save()
    shown = asked(singkat="1", topik="etika", q="hak")
    assert chip(shown, "etika").url == "?q=hak&singkat=1"
    assert shown.kept == {"singkat": "1", "topik": "etika"}


# --- search ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def library(palu):
    """Three courses with the word in titles and bodies; only the first is open to everyone."""
    made = {}
    owners = {"terbuka": (None, "everyone"), "palu": (palu, "own"), "sorong": (AgencyFactory(slug="sorong"), "own")}
    for name, (agency, sharing) in owners.items():
        course = make_course(title=f"Kursus {name}", parent=ShelfPageFactory(agency=agency), sharing=sharing, lessons=0)
        module = ModulePageFactory(parent=course)
        body = [("rich_text", RichText("<p>Bingkisan di meja loket.</p>"))]
        LessonPageFactory(parent=module, title=f"Gratifikasi {name}", body=body)
        LessonPageFactory(parent=module, title=f"Draf gratifikasi {name}", live=False)
        made[name] = refresh_course(course=course).course
    call_command("update_index", verbosity=0)
    return made


@pytest.mark.parametrize("words", ["gratifikasi", "Gratifikasi", "bingkisan", "bingkisan loket"])
def test_search_finds_lessons_by_title_and_text_below_their_course(library, words):
    found = asked(q=words).found
    assert [(course.title, [lesson.title for lesson in course.lessons]) for course in found] == [
        ("Kursus terbuka", ["Gratifikasi terbuka"])
    ]


def test_search_never_names_what_one_may_not_open(library, learner):
    found = asked(learner, q="gratifikasi").found
    assert {course.title for course in found} == {"Kursus terbuka", "Kursus palu"}
    assert {course.title for course in asked(learner, q="sorong").found} == set()
    assert {course.title for course in asked(q="palu").found} == set()


def test_search_finds_courses_by_their_own_words(library):
    found = asked(q="terbuka").found
    assert [course.title for course in found] == ["Kursus terbuka"]


def test_search_finds_nothing_where_a_word_is_missing(library):
    assert asked(q="gratifikasi zamrud").found == []


def test_search_keeps_to_the_filters(library):
    assert asked(q="gratifikasi", topik="lain").found == []


@pytest.mark.parametrize("words", ['"', "'", "*", "NEAR(", "a OR", "-x", "hak:", "%", "\\", "{title}", "\U0001f600"])
def test_search_takes_any_signs(library, words):
    assert asked(q=words).found == []


def test_search_reads_words_among_signs(library):
    assert [course.title for course in asked(q='"gratifikasi": (bingkisan)*').found] == ["Kursus terbuka"]


def test_titles_come_from_the_outline(library):
    """What a search shows is what the live course says, not a draft."""
    course = CoursePage.objects.get(title="Kursus terbuka")
    assert asked(q="terbuka").found[0].url == course.url
