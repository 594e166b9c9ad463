"""The bridge into other apps' templates: `{% question shown %}`."""

from typing import NamedTuple

from django import template
from django.template.loader import render_to_string

from core import pieces
from questions.kinds import UnknownKind, get_kind
from questions.rendering import ShownQuestion, question_context

register = template.Library()


@register.simple_tag
def question(shown: ShownQuestion) -> str:
    """Render a question for answering, or for looking back when it has a review."""
    return render_to_string(get_kind(shown.kind).template, question_context(shown))


class ShownOption(NamedTuple):
    """What `Row.visible` tells, as a key under which the drawn option can be remembered."""

    id: str
    text: str
    is_chosen: bool
    outcome: str
    is_right: bool
    feedback: str


@register.simple_tag(takes_context=True)
def option(context, row, type: str) -> str:
    """Draw an option of a question (`radio` or `checkbox`): the same for everybody who sees it so, drawn once."""
    return pieces.draw(
        "questions/option.html",
        type=type,
        name=context["name"],
        disabled=bool(context["disabled"]),
        review=context["review"] is not None,
        row=ShownOption(**row),
    )


@register.filter
def kind_label(name: str) -> str:
    """Name a kind for people; one that only a file knows keeps its name there."""
    try:
        return get_kind(name).label
    except UnknownKind:
        return "–" if name == "unknown" else name
