"""Pictures of figures: SVG as text, for pages that carry their numbers as a table beside it. Pure.

Every word and number comes in as the reader shall see it; here it is only escaped and put in its place. A picture is
320 units wide, so that its letters have their size on the narrowest phone and grow with the picture elsewhere. Colour
is never alone: the pass mark is a named line, right answers have a tick, faulty questions another shape. `fill-…` are
classes of static/css/site.css; static/css/admin.css has its own; without them all is drawn in the colour of the text.

    histogram(figures.bins, title="Marks", description="120 attempts", pass_mark=70, pass_label="Pass mark: 70 %")
    answer_bars([Bar("Gratifikasi", 0.62, "62 % (74)", tick="right")], title="Answers", description="…")
    item_map([Point("1", facility=0.8, discrimination=0.3)], title="…", description="…", across="easy", up="…")
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import category

WIDTH = 320
TEXT = 11
LETTERS = 50  # as many as fit the width; the rest of a long option stands in its tooltip and in the table


@dataclass(frozen=True)
class Bar:
    """An answer: its words, its part (0 to 1), that part in words, and what the tick says if it is a right one."""

    label: str
    share: float
    text: str
    tick: str = ""


@dataclass(frozen=True)
class Point:
    """A question: its number, facility (0 to 1) and discrimination (-1 to 1); a marked one looks faulty."""

    label: str
    facility: float
    discrimination: float
    is_marked: bool = False


def histogram(
    bins: Sequence[int], *, title: str, description: str, pass_mark: float | None = None, pass_label: str = ""
) -> str:
    """Draw how many attempts (`bins`, equal steps from 0 to 100 %) earned how much, with the pass mark (percent)."""
    top, base, left = 30, 150, 28
    width, most = WIDTH - left - 12, max([*bins, 1])
    step = width / max(len(bins), 1)
    parts = []
    for value in _ticks(most):
        y = base - (base - top) * value / most
        parts += [_line(left, y, left + width, y, faint=True), _text(left - 4, y + 4, str(value), anchor="end")]
    for place, count in enumerate(bins):
        height = (base - top) * count / most
        parts.append(_rect(left + place * step + 0.5, base - height, step - 1, height, "fill-action"))
    parts.append(_line(left, base, left + width, base))
    for percent in (0, 25, 50, 75, 100):
        parts.append(_text(left + width * percent / 100, base + 15, str(percent), anchor="middle"))
    if pass_mark is not None:
        x = left + width * min(max(pass_mark, 0), 100) / 100
        parts += [
            _halo(x, top - 8, base),
            _line(x, top - 8, x, base, dashed=True),
            _text(x, top - 13, pass_label, anchor=_side(x)),
        ]
    return _picture(base + 22, title, description, parts)


def answer_bars(bars: Iterable[Bar], *, title: str, description: str) -> str:
    """Draw a bar for each answer, its words above it; right ones have a tick with a word and a border."""
    row, parts, y = 40, [], 0.0
    for bar in bars:
        share = min(max(bar.share, 0.0), 1.0)
        kind = "fill-done" if bar.tick else "fill-neutral"
        parts.append(f"<g><title>{_plain(f'{bar.label}: {bar.text} {bar.tick}'.strip())}</title>")
        room = LETTERS - (len(bar.tick) + 4 if bar.tick else 0)
        parts.append(_text(0, y + 13, _short(bar.label, room)))
        if bar.tick:
            tick = _short(bar.tick, LETTERS // 3)
            parts += [_text(WIDTH, y + 13, tick, anchor="end", bold=True), _tick(WIDTH - 6 * len(tick) - 18, y + 3)]
        parts.append(_rect(0, y + 19, 220, 13, "", outline=True))
        parts.append(_rect(0, y + 19, 220 * share, 13, kind))
        parts += [_text(226, y + 30, _short(bar.text, 16)), "</g>"]
        y += row
    return _picture(max(y, 1), title, description, parts)


def item_map(points: Iterable[Point], *, title: str, description: str, across: str, up: str) -> str:
    """Draw every question by facility (across, 0 to 100 %) and discrimination (up, from -1 to 1)."""
    top, base, left = 22, 222, 34
    width, middle = WIDTH - left - 12, (top + base) / 2
    parts = [_text(0, 11, up), _text(left + width, base + 29, across, anchor="end")]
    for value in (1, 0.5, 0, -0.5, -1):
        y = middle - (base - top) / 2 * value
        parts += [
            _line(left, y, left + width, y, faint=value != 0),
            _text(left - 4, y + 4, f"{100 * value:.0f}".replace("-", "−"), anchor="end"),
        ]
    for percent in (0, 25, 50, 75, 100):
        parts.append(_text(left + width * percent / 100, base + 15, str(percent), anchor="middle"))
    for point in points:
        x = left + width * min(max(point.facility, 0.0), 1.0)
        y = middle - (base - top) / 2 * min(max(point.discrimination, -1.0), 1.0)
        parts.append(f"<g><title>{_plain(point.label)}</title>")
        parts.append(_diamond(x, y) if point.is_marked else _dot(x, y))
        parts += [_text(x, y - 7, _short(point.label, 5), anchor="middle", bold=point.is_marked), "</g>"]
    return _picture(base + 36, title, description, parts)


def _picture(height: float, title: str, description: str, parts: Iterable[str]) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {_number(height)}" width="100%" role="img" fill="currentColor"'
        f' font-size="{TEXT}"><title>{_plain(title)}</title><desc>{_plain(description)}</desc>{"".join(parts)}</svg>'
    )


def _ticks(most: int) -> Iterator[int]:
    """Yield a few round counts up to the greatest: 1, 2 or 5 times a power of ten apart."""
    step = next(base * 10**power for power in range(20) for base in (1, 2, 5) if most <= 4 * base * 10**power)
    yield from range(0, most + 1, step)


def _text(x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{_number(x)}" y="{_number(y)}" text-anchor="{anchor}"{weight}>{_plain(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, *, faint: bool = False, dashed: bool = False) -> str:
    more = ' stroke-opacity=".2"' if faint else ' stroke-width="2" stroke-dasharray="4 3"' if dashed else ""
    ends = f'x1="{_number(x1)}" y1="{_number(y1)}" x2="{_number(x2)}" y2="{_number(y2)}"'
    return f'<line {ends} stroke="currentColor"{more}/>'


def _halo(x: float, top: float, base: float) -> str:
    """Draw the ground behind an upright line, so that it shows on bars of its own colour."""
    return f'<path d="M{_number(x)} {_number(top)}V{_number(base)}" stroke="Canvas" stroke-width="5"/>'


def _rect(x: float, y: float, width: float, height: float, kind: str, *, outline: bool = False) -> str:
    size = f'x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}"'
    if outline:
        return f'<rect {size} fill="none" stroke="currentColor" stroke-opacity=".35"/>'
    return f'<rect {size} class="{kind}"/>'


def _tick(x: float, y: float) -> str:
    path = f"M{_number(x)} {_number(y + 6)}l4 4 7-9"
    return f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="2"/>'


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{_number(x)}" cy="{_number(y)}" r="4" class="fill-action"/>'


def _diamond(x: float, y: float) -> str:
    return f'<path d="M{_number(x)} {_number(y - 6)}l6 6-6 6-6-6z" class="fill-late"/>'


def _side(x: float) -> str:
    """Keep a word within the picture: it grows inwards near the edges."""
    return "start" if x < WIDTH / 3 else "end" if x > WIDTH * 2 / 3 else "middle"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _short(words: str, letters: int) -> str:
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"


def _plain(words: str) -> str:
    """Make words safe inside SVG; what XML forbids (control characters, halves of pairs) becomes blank."""
    return escape("".join(" " if category(letter) in ("Cc", "Cs", "Cn") else letter for letter in words))
