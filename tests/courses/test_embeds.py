import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.blocks import LessonBody
from courses.embeds import YOUTUBE, player_address

ALLOWED = [YOUTUBE, "https://peta.example.go.id"]
FILM = f"{YOUTUBE}/embed/abcDEF_12-3"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=abcDEF_12-3&t=30s",
        "https://youtu.be/abcDEF_12-3?si=x",
        "https://m.youtube.com/shorts/abcDEF_12-3",
        "https://www.youtube.com/embed/abcDEF_12-3",
    ],
)
def test_player_address_knows_the_forms_of_a_film(url):
    assert player_address(url, ALLOWED) == FILM


def test_player_address_allows_a_site_of_the_operator():
    assert player_address("https://peta.example.go.id/loket?id=2", ALLOWED) == "https://peta.example.go.id/loket?id=2"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=<script>",
        "https://www.youtube.com/",
        "http://peta.example.go.id/",
        "https://peta.example.go.id.evil.example/",
        "https://user@peta.example.go.id/",
        "javascript:alert(1)",
        "https://[bad",
        "",
    ],
)
def test_player_address_refuses_everything_else(url):
    assert player_address(url, ALLOWED) == ""


@given(st.text())
def test_player_address_never_leaves_the_allowed_sites(url):
    assert player_address(url, ALLOWED) == "" or player_address(url, ALLOWED).startswith(tuple(ALLOWED))


def test_embed_offers_the_player_and_keeps_link_and_words(settings):
    settings.EMBED_HOSTS = ALLOWED
    block = LessonBody().child_blocks["embed"]
    value = block.to_python({"title": "Film", "url": "https://youtu.be/abcDEF_12-3", "text": "<p>Isi film</p>"})
    shown = block.render(value)
    assert f'data-embed="{FILM}"' in shown
    assert "<iframe" not in shown
    assert 'href="https://youtu.be/abcDEF_12-3"' in shown
    assert "Isi film" in shown
