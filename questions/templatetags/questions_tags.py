"""The bridge into other apps' templates: `{% question shown %}`."""

from django import template
from django.template.loader import render_to_string

from questions.formats.gift import kinds_not_yet
from questions.kinds import UnknownKind, get_kind
from questions.rendering import ShownQuestion, question_context

register = template.Library()


@register.simple_tag
def question(shown: ShownQuestion) -> str:
    """Render a question for answering, or for looking back when it has a review."""
    return render_to_string(get_kind(shown.kind).template, question_context(shown))


@register.filter
def kind_label(name: str) -> str:
    """Name a kind for people, also one that only a file knows."""
    try:
        return get_kind(name).label
    except UnknownKind:
        return kinds_not_yet().get(name, "–")
