"""What a certificate and its badge are drawn with, by rule: weaving in gold on a deep colour, and a QR. Pure."""

import io
from dataclasses import dataclass
from xml.sax.saxutils import escape

import segno

from core import covers


@dataclass(frozen=True)
class Palette:
    """Six-digit hex. `deep` is the ground of the band and the voice of the page, `gold` the thread."""

    deep: str
    gold: str = "#c9973f"
    paper: str = "#fffdf8"
    ink: str = "#1a2430"
    soft: str = "#525c6b"


PALETTES = {
    "teal": Palette("#0a4a57"),
    "ink": Palette("#1c2f57"),
    "wine": Palette("#6b1f2a"),
    "forest": Palette("#1f4d33"),
    "brown": Palette("#5b3a1e"),
}


def palette(colour: str) -> Palette:
    return PALETTES.get(colour, PALETTES["teal"])


def threads(pattern: str, seed: str, *, thread: str, ground: str) -> str:
    """Return the lines of one of our cover patterns, 360 × 96 units, in two colours; an unknown one becomes songket."""
    pattern = pattern if pattern in covers.PATTERNS else "songket"
    drawn = covers.PATTERNS[pattern](covers.Chance(f"{pattern}/{seed}"))
    drawn = drawn.replace('class="ground"', f'stroke="{ground}"').replace('class=""', "")
    return f'<g fill="none" stroke="{thread}">{drawn.replace("currentColor", thread)}</g>'


def band(pattern: str, seed: str, colours: Palette) -> str:
    """Return an upright band of weaving, 68 × 360 units: the selvedge at the side of a certificate."""
    woven = threads(pattern, seed, thread=colours.gold, ground=colours.deep)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 68 360">'
        f'<rect width="68" height="360" fill="{colours.deep}"/>'
        f'<g transform="translate(82 0) rotate(90)" opacity="0.9">{woven}</g></svg>'
    )


def badge(pattern: str, seed: str, colours: Palette, *, title: str, jp: str, label: str) -> str:
    """Return a round badge, 320 units across, that says in words what it is for."""
    woven = threads(pattern, seed, thread=colours.gold, ground=colours.deep)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320" role="img">'
        f"<title>{escape(label)}: {escape(title)}</title>"
        '<clipPath id="round"><circle cx="160" cy="160" r="154"/></clipPath>'
        f'<g clip-path="url(#round)"><rect width="320" height="320" fill="{colours.deep}"/>'
        f'<g transform="translate(-20 0)" opacity="0.75">{woven}</g>'
        f'<g transform="translate(340 320) rotate(180)" opacity="0.75">{woven}</g></g>'
        f'<circle cx="160" cy="160" r="155" fill="none" stroke="{colours.gold}" stroke-width="6"/>'
        f'<circle cx="160" cy="160" r="78" fill="{colours.paper}" stroke="{colours.gold}" stroke-width="4"/>'
        f'<path d="M128 150 152 174 196 130" fill="none" stroke="{colours.deep}" stroke-width="12" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
        f'<text x="160" y="208" text-anchor="middle" font-family="Georgia, serif" font-size="20" '
        f'fill="{colours.ink}">{escape(jp)}</text></svg>'
    )


def qr(text: str, *, dark: str) -> str:
    """Return a QR code that bears a smudge or a fold (error correction M, a quarter of it may be raised by segno)."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", dark=dark, light=None, border=0, xmldecl=False, svgclass=None, lineclass=None, omitsize=True
    )
    return out.getvalue().decode()
