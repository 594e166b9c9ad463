"""The picture above a question's text: in the data the first paragraph of the text, in the form a field of its own."""

import html
import re
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image

from .. import services
from ..files import ADDRESS, LARGEST, BadFile, file_address, file_name

LEADING = re.compile(r"<p>(<img [^<>]*>)</p>")
ALT = re.compile(r'\balt="([^"]*)"')
MOST_PIXELS = 24_000_000


def split_picture(text: str) -> tuple[str, str]:
    """Part a text into its leading picture (`<img …>`, "" for none) and the rest.

    A text that is nothing but a picture stays whole: a question needs words in the form.
    """
    found = LEADING.match(text)
    if not found or not ADDRESS.search(found[1]) or not text[found.end() :].strip():
        return "", text
    return found[1], text[found.end() :].strip()


def address_in(picture: str) -> str:
    """Return the address that an `<img …>` shows."""
    return found[0] if (found := ADDRESS.search(picture)) else ""


def alt_in(picture: str) -> str:
    """Return the words that stand for an `<img …>` where it cannot be seen."""
    return html.unescape(found[1]) if (found := ALT.search(picture)) else ""


def with_alt(picture: str, alt: str) -> str:
    """Return an `<img …>` with other words; as it was, to the letter, where they are the same."""
    if alt == alt_in(picture):
        return picture
    written = f'alt="{html.escape(alt)}"'
    if not ALT.search(picture):
        return picture.replace("<img ", f"<img {written} ", 1)
    return ALT.sub(lambda _found: written, picture, count=1)


def kept_picture(file) -> str:
    """Store an uploaded picture and return it as `<img …>` without words; raises ValidationError with the cure."""
    if file.size > LARGEST:
        raise ValidationError(_("The picture is larger than 5 MB. Make it smaller, then choose it again."))
    content = file.read()
    try:
        name = file_name(content)
        with Image.open(BytesIO(content)) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise ValidationError(_("The picture has too many pixels. Make it smaller, then choose it again."))
            image.load()
    except (BadFile, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ValidationError(_("This is no picture that browsers show. Take a PNG, JPEG, GIF or WebP.")) from None
    services.keep_file(name, content)
    return f'<img src="{file_address(name)}" alt="" width="{width}" height="{height}">'
