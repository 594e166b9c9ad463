"""People who help to mark a task, agency by agency."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.log_actions import log

from completion.services import add_marker, remove_marker
from people.permissions import agencies_cared_for

from .. import access
from .forms import MarkerForm
from .guard import for_staff, show


def _mine(request, page):
    return page.markers.filter(agency__in=agencies_cared_for(request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(access.may_organise)
def listing(request, page):
    form = MarkerForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        add_marker(activity=page, agency=told["agency"], person=told["person"], by=request.user)
        log(instance=page, action="submissions.add_marker", user=request.user,
            data={"person": told["person"].key, "agency": told["agency"].slug})  # fmt: skip
        messages.success(request, _("%(name)s can mark now.") % {"name": told["person"]})
        return redirect("submissions_staff:markers", page_id=page.pk)
    markers = _mine(request, page).select_related("person", "agency").order_by("agency__name", "person__name")
    return show(
        request, page, "submissions/staff/markers.html", tab="markers", form=form, markers=markers,
        status=422 if form.errors else 200,
    )  # fmt: skip


@require_POST
@for_staff(access.may_organise)
def remove(request, page, marker):
    found = get_object_or_404(_mine(request, page).select_related("person", "agency"), pk=marker)
    log(instance=page, action="submissions.remove_marker", user=request.user,
        data={"person": found.person.key, "agency": found.agency.slug})  # fmt: skip
    remove_marker(marker=found)
    messages.success(request, _("%(name)s marks no longer; the marks given stay.") % {"name": found.person})
    return redirect("submissions_staff:markers", page_id=page.pk)
