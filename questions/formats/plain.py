"""Plain words that files of questions hold as HTML: choices of pairs and gaps. Pure."""

import html

from .. import markup


def decoded(text: str) -> str:
    """Return a text with its entities (`&lt;`, `&#126;`) as the characters they stand for."""
    return markup.ENTITY.sub(lambda found: html.unescape(found[0]), text)


def from_html(text: str) -> str:
    """Return the words of a little HTML: known tags go, entities become characters, any other `<` stays."""
    return decoded(markup.TAG.sub(" ", text) if "<" in text else text).strip()


def to_html(text: str) -> str:
    """Return words so that `from_html`, and a browser, read the same back."""
    return html.escape(text, quote=False)
