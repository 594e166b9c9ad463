"""Kinds of notices. Each app registers its own in `ready()`; a person chooses for each how to be told."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class NoticeKind:
    """`waits_at_night`: its e-mails keep the quiet hours; without it they answer what the person or staff just did."""

    name: str
    label: str | Promise
    is_mandatory: bool = False
    email: bool = True
    waits_at_night: bool = False
    why: str | Promise = ""


_kinds: dict[str, NoticeKind] = {}


def register(
    name: str,
    label: str | Promise,
    *,
    is_mandatory: bool = False,
    email: bool = True,
    waits_at_night: bool = False,
    why: str | Promise = "",
) -> None:
    """Add a kind. `why` is a sentence for "Why do I get this?"; a mandatory kind cannot be switched off.

    `email` says whether it goes by e-mail as long as the person has not chosen otherwise.
    """
    _kinds[name] = NoticeKind(name, label, is_mandatory, email, waits_at_night, why)


def get_kind(name: str) -> NoticeKind:
    """Return a kind; raise LookupError for a name that nobody registered."""
    return _kinds[name]


def kind_of(name: str) -> NoticeKind:
    """Return a kind, or one in general words for old notices of an app that is gone."""
    return _kinds.get(name) or NoticeKind(name, _("Other notices"))


def all_kinds() -> list[NoticeKind]:
    """Return the kinds in the order in which the apps registered them: what is mandatory first."""
    return sorted(_kinds.values(), key=lambda kind: not kind.is_mandatory)
