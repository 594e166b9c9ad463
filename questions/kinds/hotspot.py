"""Areas on a picture to choose from, with the same choice as a list for who cannot see or tap them.

Data: `"picture": "<sha256>.png", "alt", "width", "height", "areas": [{"id", "text", "shape", "coords", "fraction",
"feedback"}], "several"`. Coordinates are whole pixels of the picture, in the order of HTML's image maps: `rect` left,
top, right, bottom; `circle` centre x, centre y, radius; `polygon` x and y of each corner. Answer, grading and
arrangement are those of one answer, or of several (see `choice`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from random import Random
from typing import Any

from ..files import NAME, file_address
from ..wording import gettext
from .base import (
    Answer,
    Arrangement,
    Data,
    Feedback,
    Kind,
    Option,
    Post,
    Response,
    Review,
    Row,
    common,
    plain_of,
    text_of,
)  # fmt: skip
from .choice import ChoiceKind, MultipleKind, SingleKind, option_share
from .fractions import read_fraction
from .ids import with_ids
from .parts import inline_words, whole

SHAPES = ("rect", "circle", "polygon")
LARGEST = 20_000  # pixels
MOST_AREAS = 50
MOST_CORNERS = 100


@dataclass(frozen=True)
class AreaRow:
    """One area: what it is as an option, its number on the picture, its shape as attributes of SVG."""

    option: Row
    number: int
    shape: str
    drawing: dict[str, str]

    @property
    def id(self) -> str:
        return self.option.id

    @property
    def is_chosen(self) -> bool:
        return self.option.is_chosen

    def visible(self, review: Review | None) -> dict[str, Any]:
        shown = self.option.visible(review)
        return {**shown, "number": str(self.number), "shape": self.shape, "drawing": self.drawing}


class HotspotKind(Kind):
    """A place on a picture: one, or several."""

    name = "hotspot"
    template = "questions/hotspot.html"

    @property
    def label(self) -> str:
        return gettext("Place on a picture")

    def clean(self, data: Any) -> Data:
        data = data if isinstance(data, dict) else {}
        picture = data.get("picture")
        return {
            **common(data),
            "picture": picture if isinstance(picture, str) and NAME.fullmatch(picture) else "",
            "alt": plain_of(data, "alt"),
            "width": whole(data.get("width"), 0, most=LARGEST),
            "height": whole(data.get("height"), 0, most=LARGEST),
            "areas": with_ids(data.get("areas"), _clean_area),
            "several": data.get("several") is True,
        }

    def problems(self, data: Data) -> list[str]:
        found = self.problems_of_common(data)
        areas = data["areas"]
        if not data["picture"] or not data["width"] or not data["height"]:
            found.append(gettext("Choose a picture."))
        elif not data["alt"]:
            found.append(gettext("Describe the picture for those who cannot see it."))
        if not 2 <= len(areas) <= MOST_AREAS:
            found.append(gettext("A picture needs 2 to %(most)s areas.") % {"most": MOST_AREAS})
        for number, area in enumerate(areas, 1):
            found += [
                gettext("Area %(number)s: %(problem)s") % {"number": number, "problem": problem}
                for problem in _area_problems(area, data["width"], data["height"])
            ]
        if len({area["text"] for area in areas}) < len(areas):
            found.append(gettext("Two areas have the same name."))
        if all(option_share(area) is not None for area in areas):
            kind, options = self._as_choice(data)
            found += kind.weight_problems(options)
        return found

    @staticmethod
    def _as_choice(data: Data) -> tuple[ChoiceKind, Data]:
        """Return the kind and the data of the same question as a list of options."""
        kind = MultipleKind() if data["several"] else SingleKind()
        return kind, {**data, "options": data["areas"], "shuffle": False, "grading": "partial"}

    def arrange(self, data: Data, rng: Random, *, shuffle: bool) -> Arrangement:
        """Keep the order: the numbers on the picture stand for the list."""
        return {"order": [area["id"] for area in data["areas"]]}

    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> list[AreaRow]:
        kind, options = self._as_choice(data)
        return [
            AreaRow(row, number, area["shape"], _drawing(area))
            for number, (row, area) in enumerate(zip(kind.rows(options, None, answer), data["areas"], strict=True), 1)
        ]

    def context(self, data: Data, answer: Answer | None) -> Mapping[str, Any]:
        return {
            "picture": file_address(data["picture"]) if data["picture"] else "",
            "alt": data["alt"],
            "width": str(data["width"]),
            "height": str(data["height"]),
            "several": data["several"],
            "number_size": str(max(data["width"], data["height"]) // 24),
        }

    def parse(self, data: Data, post: Post, name: str) -> Answer | None:
        kind, options = self._as_choice(data)
        return kind.parse(options, post, name)

    def fields(self, data: Data, answer: Answer | None, name: str) -> Mapping[str, list[str]]:
        kind, options = self._as_choice(data)
        return kind.fields(options, answer, name)

    def accept(self, data: Data, answer: Any) -> Answer | None:
        kind, options = self._as_choice(data)
        return kind.accept(options, answer)

    def grade(self, data: Data, answer: Answer | None) -> Fraction | None:
        kind, options = self._as_choice(data)
        return kind.grade(options, answer)

    def right_answer(self, data: Data) -> Answer | None:
        kind, options = self._as_choice(data)
        return kind.right_answer(options)

    def samples(self, data: Data) -> list[Answer]:
        kind, options = self._as_choice(data)
        return kind.samples(options)

    def feedback(self, data: Data, answer: Answer | None) -> Feedback:
        kind, options = self._as_choice(data)
        return kind.feedback(options, answer)

    def describe(self, data: Data, answer: Answer | None) -> str:
        kind, options = self._as_choice(data)
        return kind.describe(options, answer)

    def options(self, data: Data) -> list[Option]:
        kind, options = self._as_choice(data)
        return kind.options(options)

    def guess(self, data: Data) -> Fraction | None:
        kind, options = self._as_choice(data)
        return kind.guess(options)

    def responses(self, data: Data, answer: Answer | None) -> list[Response]:
        kind, options = self._as_choice(data)
        return kind.responses(options, answer)


# --- areas -----------------------------------------------------------------------------------------------------------


def _clean_area(area: Data) -> Data:
    shape, fraction = area.get("shape"), area.get("fraction", "0")
    share = read_fraction(fraction)
    return {
        "text": inline_words(area.get("text")),
        "shape": shape if shape in SHAPES else "rect",
        "coords": _whole_pixels(area.get("coords")),
        "fraction": str(share) if share is not None else str(fraction)[:40],
        "feedback": text_of(area, "feedback"),
    }


def _whole_pixels(coords: Any) -> list[int]:
    if not isinstance(coords, list) or len(coords) > 2 * MOST_CORNERS:
        return []
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in coords):
        return []
    return [round(number) for number in coords] if all(isfinite(n) and abs(n) <= LARGEST for n in coords) else []


def _area_problems(area: Data, width: int, height: int) -> list[str]:
    found = []
    share = option_share(area)
    if not area["text"]:
        found.append(gettext("It has no name."))
    if share is None or not -1 <= share <= 1:
        found.append(gettext("Its mark must be between -100 and 100 percent."))
    box = bounds(area["shape"], area["coords"])
    if box is None:
        found.append(_numbers_needed(area["shape"]))
    elif box[0] >= box[2] or box[1] >= box[3]:
        found.append(gettext("It has no size."))
    elif width and height and (box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height):
        found.append(
            gettext("It reaches outside the picture, which is %(width)s pixels wide and %(height)s high.")
            % {"width": width, "height": height}
        )
    return found


def _numbers_needed(shape: str) -> str:
    if shape == "rect":
        return gettext("A rectangle needs four numbers: left, top, right, bottom.")
    if shape == "circle":
        return gettext("A circle needs three numbers: its middle from the left, from the top, its radius.")
    return gettext("A polygon needs at least three corners, each with two numbers: from the left, from the top.")


def bounds(shape: str, coords: list[int]) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom of a shape; None where it has not the numbers it needs."""
    if shape == "rect" and len(coords) == 4:
        return coords[0], coords[1], coords[2], coords[3]
    if shape == "circle" and len(coords) == 3:
        x, y, radius = coords
        return x - radius, y - radius, x + radius, y + radius
    if shape == "polygon" and len(coords) >= 6 and len(coords) % 2 == 0:
        across, down = coords[::2], coords[1::2]
        return min(across), min(down), max(across), max(down)
    return None


def _drawing(area: Data) -> dict[str, str]:
    """Return the attributes of the SVG element and where its number stands; `{}` for an area without a shape."""
    shape, coords = area["shape"], area["coords"]
    box = bounds(shape, coords)
    if box is None:
        return {}
    middle = {"x": str((box[0] + box[2]) // 2), "y": str((box[1] + box[3]) // 2)}
    if shape == "circle":
        return {**middle, "radius": str(coords[2])}
    if shape == "polygon":
        corners = list(zip(coords[::2], coords[1::2], strict=True))
        x, y = (sum(values) // len(corners) for values in zip(*corners, strict=True))
        return {"x": str(x), "y": str(y), "points": " ".join(f"{x},{y}" for x, y in corners)}
    size = {"width": str(box[2] - box[0]), "height": str(box[3] - box[1])}
    return {**middle, "left": str(box[0]), "top": str(box[1]), **size}
