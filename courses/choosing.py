"""Which pages an editor finds when choosing one to link to: other agencies' drafts and closed courses stay unknown."""

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from wagtail.models import Page
from wagtail.permissions import policy_registry

from .models import CoursePage
from .queries import courses_open_to


def keep_to_what_may_be_seen(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Hook `construct_page_chooser_queryset`: leave what the editor may edit, or may open as a learner."""
    if request.user.is_superuser:
        return pages
    # By keys: the search behind this takes no other filter.
    seen = pages.filter(pk__in=Page.objects.filter(_may_be_seen(request.user)).values("pk"))
    parent = request.resolver_match.kwargs.get("parent_page_id") if request.resolver_match else None
    if parent and not Page.objects.filter(_may_be_seen(request.user), pk=parent).exists():
        raise Http404
    return seen


def _may_be_seen(person) -> Q:
    own = policy_registry.get_by_type(Page).instances_user_has_permission_for(person, "change").values("pk")
    closed = CoursePage.objects.exclude(pk__in=courses_open_to(person).values("pk")).order_by()
    asked = ExpressionWrapper(OuterRef("path"), CharField())
    in_closed = Exists(closed.alias(asked=asked).filter(asked__startswith=F("path")))
    return Q(pk__in=own) | Q(~in_closed, live=True)
