"""Texts become safe once and stay as they are; what an editor typed comes back as typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions import markup

pieces = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<b>", "</b>", "<br>", "<ul><li>", "</li></ul>", "<script>", "</script>", "<td>", "</a>"),
            *("<img src='/m/a.png'>", "<a href='https://x.id/?a=1&b=2'>", "<b", "<!--", "-->", "<", ">", "'", '"', "="),
            *("&lt;", "&amp;", "&", "&lt;b&gt;", "a", "b c", " ", "\n", "\n\n"),
        ]
    ),
    max_size=14,
).map("".join)


@given(pieces)
def test_block_and_inline_are_stable(text):
    for make_safe in (markup.block, markup.inline):
        safe = make_safe(text)
        assert make_safe(safe) == safe
        assert "<script" not in safe


@given(pieces)
def test_to_source_gives_back_what_from_source_understands(text):
    for make_safe in (markup.block, markup.inline):
        safe = make_safe(markup.from_source(text))
        assert make_safe(markup.from_source(markup.to_source(safe))) == safe


@given(st.text(alphabet="ab <>&;/pb\n\"'", max_size=30))
def test_from_plain_shows_every_character(text):
    assert markup.plain(markup.block(markup.from_plain(text))).split() == text.split()


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("kata", "<p>kata</p>"),
        ("<p onclick='x()'>a</p>", "<p>a</p>"),
        ("<a href='javascript:x()'>a</a>", '<p><a rel="noopener noreferrer">a</a></p>'),
        ("<p data-block-key='q1'>a</p>", "<p>a</p>"),
        ("<img src='https://elsewhere.example/x.png' alt='peta'>", '<p><img alt="peta"></p>'),
        ("<img src='//elsewhere.example/x.png'>", ""),
        ("<img src='/\t/elsewhere.example/x.png'>", ""),
        ("<img src='/&#10;/elsewhere.example/x.png'>", ""),
        ("<img src='/media/x.png' alt='peta' onerror='x()'>", '<p><img src="/media/x.png" alt="peta"></p>'),
        ("<iframe src='https://x'></iframe>a<style>b{}</style>", "<p>a</p>"),
        ("a\x00b\x0bc", "<p>abc</p>"),
        ("<p> &nbsp; </p>", ""),
        ("jika a<b maka", "<p>jika a&lt;b maka</p>"),
    ],
)
def test_block_lets_through_what_is_safe(text, safe):
    assert markup.block(text) == safe


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("<p>a</p>\n<p>b</p>", "a<br>b"),
        ("<h2>a</h2><div>b</div>", "a<br>b"),
        ("<p>x<sup>2</sup></p>", "x<sup>2</sup>"),
        ("a\n  b", "a b"),
        ("<br><br>", ""),
    ],
)
def test_inline_is_fit_for_a_label(text, safe):
    assert markup.inline(text) == safe


def test_plain_parts_words_only_where_a_reader_sees_a_gap():
    assert markup.plain("<p>a<b>b</b>?</p><p>c<br>d &amp; e</p>") == "ab? c d & e"


def test_name_of_stops_at_a_word():
    assert markup.name_of("<p>satu dua tiga</p>", limit=10) == "satu dua…"
    assert markup.name_of("<p>satu</p>") == "satu"


def test_pictures_elsewhere_are_named():
    text = "<img src='/m/a.png'><img alt=x src=https://x.id/b.png><IMG SRC=\"@@PLUGINFILE@@/c.png\">"
    assert markup.pictures_elsewhere(text) == ["https://x.id/b.png", "@@PLUGINFILE@@/c.png"]
