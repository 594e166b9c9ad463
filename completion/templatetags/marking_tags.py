"""The bridge into the admin's templates: the one queue of what waits for a person's mark."""

from django import template

from completion import marking

register = template.Library()


@register.inclusion_tag("completion/waiting_work.html", takes_context=True)
def waiting_work(context) -> dict:
    """Draw everything that waits for the reader's mark, whichever app keeps it, the oldest first."""
    return {"works": marking.waiting_work(context["request"].user)}
