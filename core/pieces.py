"""Pieces of pages that are the same for everybody who reads the same language: drawn once, then remembered."""

from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language


def draw(template: str, **values: Any) -> SafeString:
    """Return a template drawn with these values and nothing else: no request, no person, no present moment.

    The values are the key, so they must be hashable; a change of one of them draws anew, so nothing grows stale.
    """
    return _draw(template, get_language(), **values)


# Typed: 1 and True are equal, and so are safe and unsafe text.
@lru_cache(maxsize=16_384, typed=True)
def _draw(template: str, _language: str | None, **values: Any) -> SafeString:
    return get_template(template).render(values)
