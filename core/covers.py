"""Course covers drawn by rule from Indonesian weaving and batik, instead of stock pictures.

Each pattern is a handful of long lines whose dashes make the repeat, so that a cover needs no `<pattern>`, hence no ids
that could clash when twenty stand on one page, and stays near 1 kB. Colours come from the style sheet
(`.cover--etika` …): the drawing itself uses `currentColor` alone and no style attribute.
"""

import functools
import hashlib
import math
from collections.abc import Callable, Iterator
from typing import TypeVar

Number = TypeVar("Number", int, float)

WIDTH, HEIGHT = 360, 96
COLOURS = ("etika", "waktu", "digital", "keluhan", "standar")


class Chance:
    """Small whole numbers from a seed: the same in every process, unlike `hash()` and without the state of `random`."""

    def __init__(self, seed: str):
        self.bytes: Iterator[int] = iter(hashlib.sha256(seed.encode()).digest())

    def below(self, limit: int) -> int:
        return next(self.bytes) % limit

    def one_of(self, *choices: Number) -> Number:
        return choices[self.below(len(choices))]


def stroke(path: str, width: float, *, dash: str = "", round_ends: bool = False, faint: float | None = None) -> str:
    attributes = f' stroke-dasharray="{dash}"' if dash else ""
    attributes += ' stroke-linecap="round"' if round_ends else ""
    attributes += f' opacity="{faint}"' if faint else ""
    return f'<path d="{path}" stroke-width="{width:g}"{attributes}/>'


def rows(step: float, start: float = 0) -> str:
    """Return level lines over the whole cover, one each `step`."""
    path, y = "", start
    while y <= HEIGHT:
        path += f"M0 {y:g}h{WIDTH}"
        y += step
    return path


def slants(step: float, *, falling: bool, start: float = 0) -> str:
    """Return diagonal lines over the whole cover, `step` apart; each begins on a corner of the grid."""
    run = math.ceil(HEIGHT / step) * step
    top, way = (0, run) if falling else (run, -run)
    return "".join(f"M{x:g} {top:g}l{run:g} {way:g}" for x in steps(start - run, WIDTH, step))


def steps(first: float, last: float, step: float) -> list[float]:
    return [first + n * step for n in range(int((last - first) / step) + 1)]


def kawung(chance: Chance) -> str:
    """Four petals around a seed, the batik of the palaces: capsules along crossing diagonals, each with its slit."""
    step = chance.one_of(28, 32, 36, 40, 46)
    half = step / 2**0.5
    lines = slants(step, falling=True) + slants(step, falling=False)
    petals = capsules(lines, half, share=chance.one_of(0.24, 0.3), width=step * chance.one_of(0.32, 0.36))
    slits = capsules(lines, half, share=chance.one_of(0.02, 0.2), width=2, tone="ground")
    return petals + slits + stroke(rows(step), 4, dash=f"0 {step}", round_ends=True)


def capsules(lines: str, every: float, *, share: float, width: float, tone: str = "") -> str:
    """Return one dash in the middle of each piece of a line; `share` is its part of the piece, its round ends aside."""
    dash, gap = every * share, every * (1 - share)
    return (
        f'<path class="{tone}" d="{lines}" stroke-width="{width:.1f}" stroke-linecap="round" '
        f'stroke-dasharray="{dash:.2f} {gap:.2f}" stroke-dashoffset="{-gap / 2:.2f}"/>'
    )


def tumpal(chance: Chance) -> str:
    """Rows of nested triangles, the border of a sarong's head cloth; a row may hang from above."""
    base = 32 + 4 * chance.below(5)
    hangs = chance.below(2)
    drawn = ""
    for row, foot in enumerate((0 if hangs else HEIGHT // 2, HEIGHT)):
        up = -1 if row or not hangs else 1
        for half, rise, faint in ((base // 2, 45, 0.3), (base // 3, 30, 0.55), (base // 6, 15, 1)):
            tooth = f"l{half} {up * rise} {half} {-up * rise}m{base - 2 * half} 0"
            path = f"M{-half - row * base // 2} {foot}" + tooth * (WIDTH // base + 2)
            drawn += f'<path d="{path}" fill="currentColor" stroke="none" opacity="{faint}"/>'
    return drawn


def songket(chance: Chance) -> str:
    """A lattice of gold thread with a diamond in each field, from Palembang's looms."""
    step = chance.one_of(32, 36, 40, 46, 52)
    side = step * 2**0.5
    lattice = slants(step, falling=True) + slants(step, falling=False)
    middle = slants(step, falling=True, start=step / 2)
    fields = diamonds(middle, side, side * 0.3)
    if chance.below(2):
        fields += diamonds(middle, side, side * 0.16, tone="ground") + diamonds(middle, side, side * 0.07)
    return stroke(lattice, 1.4) + stroke(lattice, 5, dash=f"1.4 {side / 10 - 1.4:.2f}", faint=0.55) + fields


def diamonds(lines: str, side: float, width: float, *, tone: str = "") -> str:
    """Return a square dash in the middle of each field: on a slant it stands on its corner."""
    apart = (side - width) / 2
    drawn = stroke(lines, round(width, 1), dash=f"0 {apart:.2f} {width:.2f} {apart:.2f}")
    return drawn.replace("<path", f'<path class="{tone}"') if tone else drawn


def weave(chance: Chance) -> str:
    """Rising and falling bands with a seed between them, after the woven bags and mats of Papua."""
    step = 18 + 2 * chance.below(4)
    half = step * chance.one_of(0.5, 0.75, 1) // 1
    apart = chance.one_of(5, 6, 8)
    zigzag = "l" + f" {step}-{half:g} {step} {half:g}" * (WIDTH // (2 * step) + 1)
    bands, seeds = "", ""
    y = 4 + chance.below(8)
    while y < HEIGHT + half:
        bands += f"M0 {y:g}{zigzag}M0 {y + apart:g}{zigzag}"
        seeds += f"M0 {y + apart + 6:g}h{WIDTH}"
        y += apart + 20
    return stroke(bands, 2.2) + stroke(seeds, 5, dash=f"0 {2 * step}", round_ends=True)


def ukir(chance: Chance) -> str:
    """Waves that meet and part with a bud in each eye, after the carved gables of Central Sulawesi."""
    step = 18 + 4 * chance.below(4)
    lift = step * chance.one_of(0.6, 0.8, 1)
    pitch = chance.one_of(24, 32)
    waves, buds = "", ""
    for row in range(HEIGHT // pitch):
        y = pitch * row + pitch / 2
        for sign in (1, -1):
            waves += f"M{-step} {y:g}q{step / 2:g} {sign * lift:.1f} {step} 0" + f"t{step} 0" * (WIDTH // step + 1)
        buds += f"M{-step / 2:g} {y:g}h{WIDTH + step}"
    return stroke(waves, chance.one_of(2, 3)) + stroke(buds, 5, dash=f"0 {step}", round_ends=True)


PATTERNS: dict[str, Callable[[Chance], str]] = {
    "kawung": kawung,
    "tumpal": tumpal,
    "songket": songket,
    "weave": weave,
    "ukir": ukir,
}


@functools.lru_cache(maxsize=512)
def draw(pattern: str, colour: str, seed: str) -> str:
    """Return the cover as HTML, ≤ 2 kB; the same arguments give the same bytes.

    An unknown pattern or colour becomes the first one: a page never fails for its decoration.
    """
    chance = Chance(f"{pattern}/{seed}")
    turned = " cover--turned" if chance.below(2) else ""
    drawn = PATTERNS.get(pattern, kawung)(chance)
    colour = colour if colour in COLOURS else COLOURS[0]
    return (
        f'<div class="cover cover--{colour}{turned}" aria-hidden="true"><svg viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="xMidYMid slice" fill="none" stroke="currentColor">{drawn}</svg></div>'
    )
