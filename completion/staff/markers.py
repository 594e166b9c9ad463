"""People who help to mark an activity, agency by agency."""

from collections.abc import Callable

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.log_actions import log

from people.admin_forms import HelperForm
from people.permissions import agencies_cared_for

from ..services import add_marker, remove_marker
from .screens import Screens


def marker_urls(screens: Screens, *, may: Callable[..., bool], form_class: type[HelperForm]) -> list:
    """Return the addresses where whoever `may` lets people help and takes it back; both stand in the page's history."""
    app = screens.kind._meta.app_label

    def mine(request, activity):
        markers = activity.markers.filter(agency__in=agencies_cared_for(request.user))
        return markers.select_related("person", "agency")

    def note(request, activity, action, person, agency):
        data = {"person": person.key, "agency": agency.slug}
        log(instance=activity, action=f"{app}.{action}", user=request.user, data=data)

    @require_http_methods(["GET", "HEAD", "POST"])
    @screens.for_staff(may)
    def listing(request, activity):
        form = form_class(request.POST if request.method == "POST" else None, user=request.user)
        if request.method == "POST" and form.is_valid():
            add_marker(activity=activity, **form.cleaned_data, by=request.user)
            note(request, activity, "add_marker", **form.cleaned_data)
            messages.success(request, _("%(name)s can mark now.") % {"name": form.cleaned_data["person"]})
            return redirect(f"{screens.namespace}:markers", page_id=activity.pk)
        markers = mine(request, activity).order_by("agency__name", "person__name")
        return screens.show(
            request, activity, f"{app}/staff/markers.html", tab="markers", form=form, markers=markers,
            removing=f"{screens.namespace}:remove_marker", status=422 if form.errors else 200,
        )  # fmt: skip

    @require_POST
    @screens.for_staff(may)
    def remove(request, activity, marker):
        found = get_object_or_404(mine(request, activity), pk=marker)
        note(request, activity, "remove_marker", found.person, found.agency)
        remove_marker(marker=found)
        messages.success(request, _("%(name)s marks no longer; the marks given stay.") % {"name": found.person})
        return redirect(f"{screens.namespace}:markers", page_id=activity.pk)

    return [
        path("<id:page_id>/penilai/", listing, name="markers"),
        path("<id:page_id>/penilai/<id:marker>/hapus/", remove, name="remove_marker"),
    ]
