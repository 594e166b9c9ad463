"""Recordings: what counts as watched, what cannot have been, and the text that is as good as watching."""

import datetime as dt
import io
import uuid
import wave
from fractions import Fraction

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from completion import services
from completion.models import ActivityEvent, ActivityProgress, Completion
from completion.policy import BadEvidence, joined
from completion.queries import watched_so_far
from completion.reading import Opening, open_token
from completion.services.watching import within
from courses.models import ModulePage
from courses.queries import outline
from library.models import Recording
from tests.factories import PersonFactory, UnitFactory

from .conftest import lessons_of, make_course, make_lesson, make_person, refresh

LENGTH = 100
spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5)


@given(spans, spans, st.integers(-5, 80))
def test_only_what_is_new_counts_and_never_more_than_the_budget(drawn, known, budget):
    known = joined(known)
    taken = {second for start, end in within(drawn, known, budget) for second in range(start, end)}
    before = {second for start, end in known for second in range(start, end)}
    wished = {second for start, end in drawn for second in range(start, end)}
    assert taken <= wished - before
    assert len(taken) == min(len(wished - before), max(budget, 0))


def recording(duration=LENGTH, **fields):
    return Recording.objects.create(
        title="Dua menit di loket", type="audio", file="a.mp3", file_size=1, duration=duration, **fields
    )


def block(one):
    return {"type": "recording", "value": {"recording": one.pk, "caption": ""}}


@pytest.fixture
def film(db):
    return recording(transcript="Selamat pagi, Ibu.")


@pytest.fixture
def lesson(film):
    course = make_course(lessons=0)
    module = ModulePage.objects.child_of(course).get()
    lesson = make_lesson(module, body=[block(film)], completion_rule="watched", watched_percent=80)
    make_lesson(module)
    refresh(course)
    return lesson


@pytest.fixture
def enrolment(person, lesson):
    return services.enrol(person=person, course=lesson.get_parent().get_parent().specific)


def opened(seconds_ago, name="o"):
    return Opening(name, timezone.now() - dt.timedelta(seconds=seconds_ago), None)


def tell(enrolment, lesson, film, *told, opening=None, client_id=None, **more):
    return services.record_watching(
        enrolment=enrolment,
        page=lesson,
        opening=opening or opened(3600),
        recording_id=film.pk,
        spans=told,
        client_id=client_id or uuid.uuid4(),
        **more,
    )


def test_edition_keeps_the_share_and_the_time_to_read_instead(lesson):
    assert lesson.activity_rule() == {"rule": "watched", "percent": 80, "minimum_seconds": 60}


def test_watching_enough_in_two_sittings_completes(enrolment, lesson, film):
    row = tell(enrolment, lesson, film, (0, 50))
    assert (row.completion, watched_so_far(enrolment, lesson.pk).share) == (Completion.IN_PROGRESS, Fraction(1, 2))
    row = tell(enrolment, lesson, film, (40, 80), opening=opened(60, "another"))
    assert row.completion == Completion.COMPLETE


def test_no_more_can_be_watched_than_time_has_passed_however_it_is_told(enrolment, lesson, film):
    """Ten seconds after opening, at double speed, thirty can have been played with the slack: no second report adds."""
    opening = opened(10)
    tell(enrolment, lesson, film, (0, 100), opening=opening)
    tell(enrolment, lesson, film, (60, 100), (50, 55), opening=opening)
    assert watched_so_far(enrolment, lesson.pk).share < Fraction(4, 10)


def test_same_report_told_twice_is_once(enrolment, lesson, film):
    told = {"client_id": uuid.uuid4(), "opening": opened(500)}
    tell(enrolment, lesson, film, (0, 10), **told)
    tell(enrolment, lesson, film, (0, 10), **told)
    assert ActivityEvent.objects.filter(kind="watched").count() == 1


def test_length_is_the_librarys_and_the_players_word_only_where_it_knows_none(enrolment, lesson, film):
    tell(enrolment, lesson, film, (0, 10), told_length=10)
    assert watched_so_far(enrolment, lesson.pk).share == Fraction(1, 10)
    Recording.objects.update(duration=0)
    tell(enrolment, lesson, film, (10, 20), told_length=40)
    assert ActivityEvent.objects.filter(kind="watched").last().data["length"] == 40


def test_recordings_of_other_pages_do_not_count(enrolment, lesson):
    with pytest.raises(BadEvidence):
        tell(enrolment, lesson, recording(), (0, 80))


# --- the page --------------------------------------------------------------------------------------------------------


@pytest.fixture
def reader(client, enrolment):
    client.force_login(enrolment.person)
    return client


def send(client, lesson, film, *, person=None, told="0-50", **more):
    person_id = person.pk if person else signed_in(client)
    token = open_token(person_id=person_id, activity_id=lesson.pk, revision=None)
    data = {"client_id": uuid.uuid4(), "opening": token, "recording": film.pk, "spans": told, "length": 100, **more}
    return client.post(reverse("completion:watch", args=[lesson.pk]), data)


def signed_in(client):
    return int(client.session["_auth_user_id"])


def test_report_is_answered_with_how_much_is_watched(reader, lesson, film):
    reply = send(reader, lesson, film, told="0-5")
    assert reply.json() == {"text": "You have watched 5 of 80%.", "complete": False}


@pytest.mark.parametrize(
    "wrong", [{"told": "0-"}, {"told": ""}, {"told": "a-b"}, {"recording": 0}, {"client_id": "x"}, {"opening": "x"}]
)
def test_report_that_makes_no_sense_is_refused(reader, lesson, film, wrong):
    assert send(reader, lesson, film, **wrong).status_code == 400
    assert not ActivityEvent.objects.filter(kind="watched").exists()


def test_opening_of_another_person_is_refused(reader, lesson, film):
    assert send(reader, lesson, film, person=PersonFactory()).status_code == 400


def test_who_is_not_enrolled_and_lessons_without_the_rule_find_no_such_page(reader, client, lesson, film):
    assert send(reader, lessons_of(lesson.get_parent().get_parent())[1], film).status_code == 404
    client.force_login(PersonFactory())
    assert send(client, lesson, film).status_code == 404


def read_text(client, lesson, person, **more):
    token = open_token(person_id=person.pk, activity_id=lesson.pk, revision=None)
    data = {"client_id": uuid.uuid4(), "opening": token, "seconds": "", "reached_end": "", **more}
    return client.post(reverse("completion:finish", args=[lesson.pk]), data, follow=True)


def test_without_javascript_the_text_is_read_instead_for_the_least_time(reader, lesson, person, monkeypatch):
    monkeypatch.setattr("completion.views.seconds_read", lambda opening, told: 61)
    reply = read_text(reader, lesson, person)
    assert "You have watched 0 of 80%." in reply.content.decode()
    read_text(reader, lesson, person, read_text="1")
    assert ActivityProgress.objects.get(activity=lesson).completion == Completion.COMPLETE


def test_page_says_how_much_is_watched_and_offers_the_text(reader, enrolment, lesson, film):
    tell(enrolment, lesson, film, (0, 45))
    page = reader.get(outline(enrolment.course_id).activity(lesson.pk).url).content.decode()
    assert "You have watched 45 of 80%." in page
    assert 'name="read_text"' in page
    assert f'data-recording="{film.pk}"' in page
    Recording.objects.update(transcript="")
    assert 'name="read_text"' not in reader.get(outline(enrolment.course_id).activity(lesson.pk).url).content.decode()


# --- in a browser ----------------------------------------------------------------------------------------------------


def silence(seconds):
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 8000 * seconds)
    return ContentFile(sound.getvalue(), name="sunyi.wav")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_playing_tells_what_was_played_also_after_the_line_was_gone(phone, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    person = make_person(UnitFactory())
    film = Recording.objects.create(title="Sunyi", type="audio", file=silence(4), duration=4, transcript="…")
    course = make_course(lessons=0)
    module = ModulePage.objects.child_of(course).get()
    lesson = make_lesson(module, body=[block(film)], completion_rule="watched", watched_percent=50)
    refresh(course)
    services.enrol(person=person, course=course)
    page = phone(person)
    page.goto(outline(course.pk).activity(lesson.pk).url)
    page.context.set_offline(False)
    page.route("**/belajar/tonton/**", lambda route: route.abort())
    page.evaluate("document.querySelector('[data-recording]').play()")
    page.wait_for_timeout(3200)
    page.evaluate("document.querySelector('[data-recording]').pause()")
    page.wait_for_timeout(200)
    assert not ActivityEvent.objects.filter(kind="watched").exists()
    page.unroute("**/belajar/tonton/**")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.get_by_text("That is enough.").wait_for()
    assert ActivityProgress.objects.get(activity=lesson).completion == Completion.COMPLETE
    assert page.evaluate("localStorage.getItem('watching')") == "{}"
