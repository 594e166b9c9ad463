"""Course covers drawn by rule from Indonesian weaving and batik, instead of stock pictures.

Each pattern is a handful of long lines whose dashes make the repeat, so that a cover needs no `<pattern>`, hence no ids
that could clash when twenty stand on one page, and stays near 1 kB. Colours come from the style sheet
(`.cover--etika` …): the drawing itself uses `currentColor` alone and no style attribute.
"""

import functools
import hashlib
import math
from collections.abc import Callable, Iterator

WIDTH, HEIGHT = 360, 96
COLOURS = ("etika", "waktu", "digital", "keluhan", "standar")


class Chance:
    """Small whole numbers from a seed: the same in every process, unlike `hash()` and without the state of `random`."""

    def __init__(self, seed: str):
        self.bytes: Iterator[int] = iter(hashlib.sha256(seed.encode()).digest())

    def below(self, limit: int) -> int:
        return next(self.bytes) % limit


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
    step = 30 + 2 * chance.below(6)
    half = step / 2**0.5
    petal, gap = half * 0.42, half * 0.58
    lines = slants(step, falling=True) + slants(step, falling=False)
    dashes = f'stroke-dasharray="{petal:.2f} {gap:.2f}" stroke-dashoffset="{-gap / 2:.2f}" stroke-linecap="round"'
    petals = f'<path d="{lines}" stroke-width="{step * 0.27:.1f}" {dashes}/>'
    slits = f'<path class="ground" d="{lines}" stroke-width="1.4" {dashes}/>'
    return petals + slits + stroke(rows(step), 3.4, dash=f"0 {step}", round_ends=True)


def tumpal(chance: Chance) -> str:
    """Rows of nested triangles, the border of a sarong's head cloth."""
    base = 30 + 4 * chance.below(5)
    drawn = ""
    for foot in (HEIGHT // 2, HEIGHT):
        shift = base // 2 if foot == HEIGHT else 0
        for half, rise, faint in ((base // 2, 45, 0.3), (base // 3, 30, 0.55), (base // 6, 15, 1)):
            tooth = f"l{half}-{rise} {half} {rise}m{base - 2 * half} 0"
            path = f"M{-shift - half} {foot}" + tooth * (WIDTH // base + 2)
            drawn += f'<path d="{path}" fill="currentColor" stroke="none" opacity="{faint}"/>'
    return drawn


def songket(chance: Chance) -> str:
    """A lattice of gold thread with a diamond in each field, from Palembang's looms."""
    step = 36 + 2 * chance.below(7)
    side = step * 2**0.5
    lattice = slants(step, falling=True) + slants(step, falling=False)
    diamond = side * 0.3
    fields = stroke(
        slants(step, falling=True, start=step / 2),
        diamond,
        dash=f"0 {(side - diamond) / 2:.2f} {diamond:.2f} {(side - diamond) / 2:.2f}",
    )
    stitches = stroke(lattice, 5, dash=f"1.4 {side / 10 - 1.4:.2f}", faint=0.55)
    return stroke(lattice, 1.4) + stitches + fields


def weave(chance: Chance) -> str:
    """Rising and falling bands with a seed between them, after the woven bags and mats of Papua."""
    step = 16 + 2 * chance.below(4)
    half = step * 0.75
    zigzag = f"l{step} {-half:g} {step} {half:g}" * (WIDTH // (2 * step) + 1)
    bands, seeds = "", ""
    y = 4.0 + chance.below(8)
    while y < HEIGHT + half:
        bands += f"M0 {y:g}{zigzag}M0 {y + 6:g}{zigzag}"
        seeds += f"M0 {y + half + 8:g}h{WIDTH}"
        y += half + 18
    return stroke(bands, 2.2) + stroke(seeds, 5, dash=f"0 {2 * step}", round_ends=True)


def ukir(chance: Chance) -> str:
    """Waves that meet and part with a bud in each eye, after the carved gables of Central Sulawesi."""
    step = 18 + 2 * chance.below(4)
    lift = step * (0.9 + chance.below(3) / 10)
    pitch = HEIGHT / 3
    waves, buds = "", ""
    for row in range(4):
        y = pitch * row + pitch / 2 - 16
        for sign in (1, -1):
            waves += f"M{-step} {y:g}q{step / 2:g} {sign * lift:.1f} {step} 0" + f"t{step} 0" * (WIDTH // step + 1)
        buds += f"M{-step / 2:g} {y:g}h{WIDTH + step}"
    return stroke(waves, 2) + stroke(buds, 5, dash=f"0 {step}", round_ends=True)


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
    drawn = PATTERNS.get(pattern, kawung)(Chance(f"{pattern}/{seed}"))
    colour = colour if colour in COLOURS else COLOURS[0]
    return (
        f'<div class="cover cover--{colour}" aria-hidden="true"><svg viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="xMidYMid slice" fill="none" stroke="currentColor">{drawn}</svg></div>'
    )
