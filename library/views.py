"""Screens of the library that Wagtail's add-on leaves open to every editor."""

from django.http import Http404
from wagtail.permissions import policy_registry
from wagtailmedia.views.media import usage

from .models import Recording


def recording_usage(request, media_id: int):
    """Show where a recording is used, to who keeps its collection."""
    policy = policy_registry.get_by_type(Recording)
    own = policy.instances_user_has_any_permission_for(request.user, {"change", "delete"})
    if not own.filter(pk=media_id).exists():
        raise Http404
    return usage(request, media_id)
