"""The bridge into pages of courses and paths: the reader's certificate for them."""

from django import template

from certificates import news
from certificates.codes import grouped
from certificates.models import Certificate
from certificates.queries import Held, certificate_of

register = template.Library()


@register.simple_tag(takes_context=True)
def certificate_for(context, kind: str, subject_id: int) -> Held | None:
    """Return the reader's certificate in force for a course (`course`) or a path (`path`); None without one."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not subject_id:
        return None
    known = request.__dict__.setdefault("_certificates", {})  # asked twice on the page of a course just finished
    if (kind, subject_id) not in known:
        known[kind, subject_id] = certificate_of(user, kind, subject_id)
    held = known[kind, subject_id]
    return held if held and held.certificate.state == Certificate.State.VALID else None


@register.filter
def as_code(code: str) -> str:
    """Write a code as it is printed: `7KQ2M-X4TBN`."""
    return grouped(code)


register.filter("reason_of", news.reason_of)
register.filter("advice", news.advice)
