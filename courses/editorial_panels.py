"""What waits for an editor: the panels of the dashboard."""

from django.db.models import Q
from wagtail.admin.ui.components import Component
from wagtail.models import Page, Revision
from wagtail.permissions import policy_registry

from core.waiting import waiting_for

from .content_checks import checked_lessons
from .models import LessonPage

MOST_ROWS = 8
MOST_CHECKED = 200


def editable(queryset, user):
    """Return those pages of a queryset that a person may change, newest first."""
    own = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "change")
    return queryset.filter(pk__in=own.values("pk")).order_by("-latest_revision_created_at", "pk")


def lessons_with_problems(user, most: int = MOST_CHECKED):
    """Return the checked lessons with weaknesses among the newest that a person may change."""
    return checked_lessons(editable(LessonPage.objects.all(), user)[:most])


class WaitingPanel(Component):
    """What others have asked of the person, each with the way to it; that nothing waits is said too."""

    name = "waiting"
    template_name = "courses/admin/waiting.html"
    order = 80

    def get_context_data(self, parent_context):
        return {"waiting": waiting_for(parent_context["request"].user)}


class FirstStepsPanel(Component):
    """For those who may write and have not yet: where to begin."""

    name = "first_steps"
    template_name = "courses/admin/first_steps.html"
    order = 90

    def get_context_data(self, parent_context):
        user = parent_context["request"].user
        may_write = policy_registry.get_by_type(Page).user_has_permission(user, "add")
        return {"is_new": may_write and not Revision.objects.filter(user=user).exists()}


class MyDraftsPanel(Component):
    name = "my_drafts"
    template_name = "courses/admin/my_drafts.html"
    order = 200

    def get_context_data(self, parent_context):
        user = parent_context["request"].user
        mine = Q(owner=user) | Q(latest_revision__user=user)
        drafts = editable(Page.objects.filter(mine, has_unpublished_changes=True), user)
        return {"drafts": drafts.select_related("content_type")[:MOST_ROWS], "request": parent_context["request"]}


class FailingChecksPanel(Component):
    name = "failing_checks"
    template_name = "courses/admin/failing_checks.html"
    order = 230

    def get_context_data(self, parent_context):
        lessons = lessons_with_problems(parent_context["request"].user)
        return {"lessons": lessons[:MOST_ROWS], "count": len(lessons)}
