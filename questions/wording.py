"""Words of the pure modules: they import no Django, yet what they say is translated: `apps.py` plugs gettext in."""

from collections.abc import Callable

_translate: Callable[[str], str] = str


def use(translate: Callable[[str], str]) -> None:
    """Let `translate` turn every English message into the language of the moment."""
    global _translate
    _translate = translate


def gettext(message: str) -> str:
    """Return the message in the language of the moment; plain English where no Django runs."""
    return _translate(message)
