"""A drawing is a drawing: whatever could run, fetch or hide something is named with its line and a cure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.drawings import faults_of

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 300" width="480" height="300" role="img" lang="id">\n'
GOOD = f"""{OPEN}<title>Alur</title><desc>Tiga langkah</desc>
<style>svg{{--ink:#111}}@media(prefers-color-scheme:dark){{svg{{--ink:#eee}}}}text{{fill:var(--ink)}}</style>
<defs><linearGradient id="a"><stop offset="0" stop-color="red"/></linearGradient><path id="b" d="M0 0"/></defs>
<rect fill="url(#a)" width="9" height="9"/><use href="#b"/><text x="3" y="20">Lapor <tspan>besok</tspan></text></svg>"""


def inside(*lines):
    return "".join([OPEN, "\n".join(lines), "</svg>"]).encode()


def test_a_drawing_without_anything_else_has_no_fault():
    assert faults_of(GOOD.encode()) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("<foreignObject><p/></foreignObject>", "<foreignObject>"),
        ('<image href="data:image/png;base64,AA"/>', "<image>"),
        ('<a href="https://a.id"><text>x</text></a>', "<a>"),
        ('<animate attributeName="href"/>', "<animate>"),
        ('<p xmlns="http://www.w3.org/1999/xhtml"/>', "<p>"),
        ('<rect onload="x()"/>', "onload"),
        ('<rect OnClick="x()"/>', "OnClick"),
        ('<use href="https://a.id/x.svg#b"/>', "points at"),
        ('<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="x.svg#b"/>', "points at"),
        ('<rect fill="url(https://a.id/x)"/>', "url("),
        ("<rect style=\"fill: url( '//a.id/x' )\"/>", "url("),
        ("<style>@import 'a.css';</style>", "@import"),
        ("<style>@font-face{src:url(#a)}</style>", "@font-face"),
        ("<style>rect{fill:u\\72l(x)}</style>", "\\"),
        ("<style>rect{fill:image-set('a.png' 1x)}</style>", "image-set("),
        ("<?xml-stylesheet href='a.css'?>", "xml-stylesheet"),
    ],
)
def test_what_could_run_or_fetch_is_named_with_its_line(line, words):
    (fault, *more) = faults_of(inside("<title>x</title>", line, "<rect/>"))
    assert fault.line == 3
    assert words in fault.message
    assert fault.cure
    assert all(other.line == 3 for other in more)


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", 1, "well-formed"),
        (b"<svg>", 1, "no SVG"),
        (inside("<rect>"), 2, "well-formed"),
        (b"\x89PNG\r\n\x1a\n", 1, "well-formed"),
        (GOOD.replace('viewBox="0 0 480 300"', "").encode(), 1, "no size"),
        (GOOD.replace('viewBox="0 0 480 300"', 'viewBox="0 0 0 300"').encode(), 1, "no size"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>\n' + GOOD.encode(), 1, "document type"),
        (b"<html/>", 1, "no SVG"),
    ],
)
def test_a_file_that_is_no_drawing_is_named(content, line, words):
    fault = faults_of(content)[0]
    assert (fault.line, words in fault.message, bool(fault.cure)) == (line, True, True)


@given(st.binary(max_size=200))
def test_faults_never_raise(content):
    assert isinstance(faults_of(content), list)
    assert isinstance(faults_of(inside(content.decode("latin-1"))), list)
