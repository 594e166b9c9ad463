"""The words of a design with their placeholders. Pure: what an organiser wrote is text and is never run."""

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
NAMES = ("name", "title", "jp", "from", "until", "dates", "edition", "organiser", "unit", "agency", "place", "number")


class UnknownPlaceholder(ValueError):
    """`name` is what stands in braces and is no placeholder."""

    def __init__(self, name: str):
        super().__init__(name)
        self.name = name


def check_wording(text: str) -> None:
    """Raise UnknownPlaceholder for the first that is not ours."""
    for name in PLACEHOLDER.findall(text):
        if name not in NAMES:
            raise UnknownPlaceholder(name)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its placeholders filled; one without a value becomes nothing, and no gap is left for it."""
    filled = PLACEHOLDER.sub(lambda match: str(values.get(match[1], "")), text)
    return re.sub(r"[ \t]+([,.;])", r"\1", re.sub(r"[ \t]{2,}", " ", filled)).strip()
