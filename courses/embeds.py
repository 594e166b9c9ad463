"""Where a film of another site plays inside a lesson. Pure; which sites may, an operator says (`EMBED_HOSTS`)."""

import re
from collections.abc import Collection
from urllib.parse import parse_qs, urlsplit

YOUTUBE = "https://www.youtube-nocookie.com"  # the player that sets no cookies before it plays
YOUTUBE_HOSTS = {"youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be", "www.youtube-nocookie.com"}
VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{6,20}")


def player_address(url: str, allowed: Collection[str]) -> str:
    """Return the address to show in a frame, or "" where the site is not allowed: then the link alone stands.

    `allowed` holds origins such as `https://peta.example.go.id`; films of YouTube go to its player without cookies.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if (parts.hostname or "") in YOUTUBE_HOSTS:
        film = _film_of(parts.hostname or "", parts.path, parts.query)
        return f"{YOUTUBE}/embed/{film}" if film and YOUTUBE in allowed else ""
    return url if parts.scheme == "https" and f"https://{parts.netloc}" in allowed else ""


def _film_of(host: str, path: str, query: str) -> str:
    """Return the id of a film from the forms its address has: watch?v=, youtu.be/, /shorts/, /embed/, /live/."""
    given = path.strip("/").split("/")
    if host == "youtu.be":
        film = given[0]
    elif given[0] in {"shorts", "embed", "live"}:
        film = given[1] if len(given) > 1 else ""
    else:
        film = parse_qs(query).get("v", [""])[0]
    return film if VIDEO_ID.fullmatch(film) else ""
