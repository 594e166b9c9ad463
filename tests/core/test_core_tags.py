"""Numbers and times are written as people here write them."""

import datetime as dt
import re
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from core import icons
from core.templatetags import core_tags

JAYAPURA = ZoneInfo("Asia/Jayapura")
NOW = dt.datetime(2026, 11, 21, 13, 30, tzinfo=JAYAPURA)


@pytest.fixture
def in_sorong():
    with timezone.override(JAYAPURA), translation.override("en"), time_machine.travel(NOW, tick=False):
        yield


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("jp", "text"),
    [
        (Fraction(4), "4"),
        (Fraction(299, 100), "2,5"),
        (Fraction(5, 2), "2,5"),
        (Fraction(3, 5), "0,5"),
        (Fraction(49, 100), "0,49"),
        (Fraction(1, 5), "0,2"),
        (Fraction(8, 45), "0,17"),
        (Fraction(0), "0"),
    ],
)
def test_jp_is_cut_to_the_half_and_a_little_is_not_nothing(jp, text):
    with translation.override("id"):
        assert core_tags.jp_text(jp).startswith(f"{text} ")


@given(st.fractions(min_value=0, max_value=500))
def test_jp_shown_is_never_more_than_earned(jp):
    with translation.override("en"):
        shown = Fraction(core_tags.jp_text(jp).split()[0])
    assert shown <= jp < shown + Fraction(1, 2)
    assert shown or jp < Fraction(1, 100)


def test_as_jp_follows_the_rule_in_force(db):
    with translation.override("en"):
        assert core_tags.as_jp(112) == "2 JP"
        assert core_tags.as_jp(113) == "2.5 JP"
        assert core_tags.as_jp(9) == "0.2 JP"
    assert core_tags.as_jp(None) == ""


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0 minutes"), (1, "1 minute"), (60, "1 hour"), (80, "1 hour 20 minutes"), (None, "")]
)
def test_as_minutes_speaks_of_hours_from_sixty_on(minutes, text):
    with translation.override("en"):
        assert core_tags.as_minutes(minutes) == text


# --- times -----------------------------------------------------------------------------------------------------------


def test_as_moment_is_the_readers_day_and_zone(in_sorong):
    moment = dt.datetime(2026, 11, 25, 16, 0, tzinfo=dt.UTC)  # the next day in Sorong
    with translation.override("id"):
        assert core_tags.as_moment(moment).startswith("Kamis, 26 November 2026 ")
        assert core_tags.as_moment(moment).endswith(" 01.00 WIT")
    assert core_tags.as_moment(None) == ""


def test_as_moment_reads_what_json_keeps(in_sorong):
    assert core_tags.as_moment("2026-11-25T16:00:00+00:00").endswith("WIT")


def test_as_due_names_the_nearest_days(in_sorong):
    assert core_tags.as_due(NOW.replace(hour=23, minute=59)).startswith("today at ")
    assert core_tags.as_due(NOW + dt.timedelta(days=1)).startswith("tomorrow at ")
    assert core_tags.as_due(NOW + dt.timedelta(days=2)).startswith("Monday, ")


@pytest.mark.parametrize(
    ("away", "words", "state"),
    [
        (dt.timedelta(days=-3), "3 days past due", "late"),
        (dt.timedelta(minutes=-1), "Past due", "late"),
        (dt.timedelta(hours=2), "Today", "soon"),
        (dt.timedelta(days=1), "1 day left", "soon"),
        (dt.timedelta(days=7), "7 days left", "soon"),
        (dt.timedelta(days=8), "8 days left", "neutral"),
    ],
)
def test_due_is_said_in_days_of_the_reader(in_sorong, away, words, state):
    assert (core_tags.due_in(NOW + away), core_tags.due_state(NOW + away)) == (words, state)


# --- pictures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(icons.PATHS))
def test_icons_are_small_and_hidden_from_readers(name):
    drawn = icons.draw(name)
    assert re.fullmatch(r'<svg class="icon" [^<>]* aria-hidden="true">(<path[^<>]*/>){1,2}</svg>', drawn)
    assert len(drawn) <= 330


def test_an_unknown_icon_is_an_error():
    with pytest.raises(KeyError):
        icons.draw("no-such-icon")


def test_ring_says_its_numbers_and_never_leaves_its_circle():
    assert 'stroke-dasharray="60.0 100"' in core_tags.ring(12, 20, "12 of 20 JP")
    assert 'stroke-dasharray="100.0 100"' in core_tags.ring(24, 20, "24 of 20 JP")
    assert 'stroke-dasharray="0.0 100"' in core_tags.ring(0, 0, "none")
    assert "&lt;b&gt;" in core_tags.ring(1, 2, "<b>")


def test_segments_share_the_whole_width():
    drawn = core_tags.segments([(15, "done", "done"), (0, "late", "late"), (5, "action", "in progress")])
    assert drawn["bars"] == [
        {"state": "done", "x": "0.000%", "width": "75.000%"},
        {"state": "action", "x": "75.000%", "width": "25.000%"},
    ]
    assert [row[0] for row in drawn["parts"]] == [15, 0, 5]


# --- the frame -------------------------------------------------------------------------------------------------------


def places(path, user, has_team=False):
    request = RequestFactory().get(path)
    request.user = user
    return core_tags.places({"request": request}, has_team)


class SignedIn:
    is_authenticated = True


def test_places_show_the_team_to_supervisors_alone():
    assert "/tim/" not in [place["url"] for place in places("/", SignedIn())]
    assert [place["url"] for place in places("/", SignedIn(), has_team=True)] == [
        "/", "/belajar/", "/katalog/", "/tim/", "/akun/",
    ]  # fmt: skip


def test_places_mark_where_one_is():
    marked = {place["url"]: place["current"] for place in places("/katalog/palembang/etika/", SignedIn())}
    assert [url for url, current in marked.items() if current] == ["/katalog/"]


def test_places_of_a_visitor_lead_to_the_door():
    assert [place["url"] for place in places("/", AnonymousUser())] == ["/", "/katalog/", "/masuk/"]


def test_userbar_is_decided_without_asking_the_database():
    request = RequestFactory().get("/")
    request.user, request.session = SignedIn(), {}
    request.user.is_superuser = False
    assert core_tags.shows_userbar(request) is False
    request.session["works_in_admin"] = True
    assert core_tags.shows_userbar(request) is True


def test_error_page_stands_without_request_and_database():
    html = Template("{% include '500.html' %}").render(Context())
    assert "<h1>" in html
    assert "/masuk/" not in html


def test_one_moment_is_told_in_each_readers_zone_and_language():
    moment = dt.datetime(2026, 11, 21, 16, 30, tzinfo=dt.UTC)
    with timezone.override("Asia/Jakarta"):
        western = core_tags.as_moment(moment)
        with translation.override("en"):
            assert core_tags.as_moment(moment) != western
    with timezone.override("Asia/Jayapura"):
        assert core_tags.as_moment(moment) != western
