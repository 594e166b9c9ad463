"""Our own line icons, drawn inline on a 24-px grid with one stroke, some 200 bytes each: no page waits for a sprite.

An icon never stands alone: a word beside it says the same, so it is hidden from screen readers. What follows a `|` in
a path is filled.
"""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

PATHS = {
    "home": "M3.5 11 12 4l8.5 7M6 9.5V20h4.5v-5.5h3V20H18V9.5",
    "book": "M12 6.5C10 4.5 7 4 3.5 5v13.5c3.5-1 6.5-.5 8.5 1.5 2-2 5-2.5 8.5-1.5V5C17 4 14 4.5 12 6.5zM12 6.5V20",
    "grid": "M4 4h6.5v6.5H4zM13.5 4H20v6.5h-6.5zM4 13.5h6.5V20H4zM13.5 13.5H20V20h-6.5z",
    "team": (
        "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.4-4 2.8-6 6.5-6s6.1 2 6.5 6"
        "M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.5c2 .8 3.2 2.6 3.5 5.5"
    ),
    "account": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20.5c.6-4 3.5-6 8-6s7.4 2 8 6",
    "check": "M5 12.5 10 17.5 19.5 7",
    "back": "M15 5l-7 7 7 7",
    "forward": "M9 5l7 7-7 7",
    "download": "M12 4v11M7 10.5l5 5 5-5M5 20h14",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2",
    "quiz": "M5 4h14v16H5zM8.5 9l1.3 1.3L12 8M8.5 15l1.3 1.3L12 14M14.5 9.5H16M14.5 15.5H16",
    "question": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.8 2.1c-.8.5-1.3 1-1.3 2M12 16.7v.1",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.6v.1",
    "tip": "M9.5 17.5h5M10 20.5h4M9.5 17.5c0-2.5-3-3.5-3-7.5a5.5 5.5 0 0 1 11 0c0 4-3 5-3 7.5",
    "caution": "M12 4 2.5 20h19zM12 10v4.5M12 17.2v.1",
    "law": "M12 4v16M8 20h8M5 6.5h14M5 6.5 2.5 13a2.6 2.6 0 0 0 5 0zM19 6.5 16.5 13a2.6 2.6 0 0 0 5 0z",
    "case": "M4 5h16v11h-8l-4 4v-4H4zM8 9h8M8 12h5",
    "steps": "M10 6h10M10 12h10M10 18h10M4 5.2 5.3 4.5V8M4 11h1.8L4 13.5h1.9M4 16.5h1.8L4.9 18a1 1 0 1 1-.9 1.4",
    "key": "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1.1 5.9L12 16.8l-5.3 2.9 1.1-5.9-4.3-4.1 5.9-.8z",
    "play": "|M7 4.5v15l12-7.5z",
    "file": "M6 3.5h8l4 4v13H6zM14 3.5v4h4M9 12.5h6M9 16h6",
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.3 15.3 20.5 20.5",
    "lock": "M6 10.5h12V20H6zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5M12 14.5v2",
    "flag": "M6 21V4h11.5l-2.5 4 2.5 4H6",
    "circle": "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16z",
    "half": "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16z|M12 4a8 8 0 0 1 0 16z",
    "done": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 12.3l3 3L16.5 9",
    "soon": "M7 3.5h10M7 20.5h10M8 3.5c0 4.5 8 5 8 8.5s-8 4-8 8.5M16 3.5c0 4.5-8 5-8 8.5s8 4 8 8.5",
    "late": "M8.3 3.5h7.4l4.8 4.8v7.4l-4.8 4.8H8.3l-4.8-4.8V8.3zM12 8v5M12 16.2v.1",
    "close": "M6 6l12 12M18 6 6 18",
    "external": "M14 4.5h5.5V10M19.5 4.5 11 13M16 13.5V19H5V8h5.5",
    "edit": "M4.5 19.5l1-4.5L16 4.5l3.5 3.5L9 18.5zM13.5 7l3.5 3.5",
    "leaf": "M5 19c0-9 5-14 14.5-14.5C20 14 15 19 8 18M5 20.5C7 15 10 12 14 10",
    "mail": "M3.5 6h17v12.5h-17zM3.5 7.5 12 13.5l8.5-6",
    "certificate": "M12 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM8.5 13.5 7 21l5-2.5L17 21l-1.5-7.5",
    "signout": "M10 4H5v16h5M15 8l4 4-4 4M19 12H9.5",
}


def draw(name: str) -> SafeString:
    """Return the icon as an SVG element; raise KeyError for a name that is not ours, so that a typo fails its test."""
    return DRAWN[name]


def _draw(path: str) -> SafeString:
    line, _, solid = path.partition("|")
    paths = [("", line)] * bool(line) + [(mark_safe(' class="solid"'), solid)] * bool(solid)
    inner = format_html_join("", '<path{} d="{}"/>', paths)
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', inner)


DRAWN = {name: _draw(path) for name, path in PATHS.items()}
