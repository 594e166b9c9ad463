"""An agency's editors take a course of all agencies to their own shelf: a draft of all its pages, theirs to change."""

from collections import defaultdict

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Length, Substr
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.actions.copy_page import CopyPageAction
from wagtail.admin import messages
from wagtail.models import Page
from wagtail.permissions import policy_registry

from core.headings import heading

from .models import CoursePage, ShelfPage


def shelves_of(user) -> QuerySet[ShelfPage]:
    """Return the shelves of agencies on which a person may add courses."""
    own = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "add")
    return ShelfPage.objects.filter(pk__in=own.values("pk"), agency__isnull=False).order_by("title", "pk")


def shared_courses() -> QuerySet[CoursePage]:
    """Return the live courses on shelves of all agencies, in the order of the catalogue."""
    shelves = ShelfPage.objects.live().filter(agency=None).values("path")
    return (
        CoursePage.objects.live()
        .annotate(shelf_path=Substr("path", 1, Length("path") - Page.steplen))
        .filter(shelf_path__in=shelves)
        .order_by("path")
    )


@require_safe
def listing(request):
    """Show the shared courses and, of each, on which of the person's shelves it stands already; 404 without a shelf."""
    shelves = list(shelves_of(request.user))
    if not shelves:
        raise Http404
    courses = list(shared_courses())
    there = _copies(shelves, courses)
    rows = [
        {
            "course": course,
            "copies": there[course.slug],
            "shelves": [one for one in shelves if one not in [shelf for shelf, _copy in there[course.slug]]],
        }
        for course in courses
    ]
    return render(request, "courses/admin/shared.html", {"rows": rows, **heading(_("Shared courses"), "copy")})


def _copies(shelves: list[ShelfPage], courses: list[CoursePage]) -> dict[str, list[tuple[ShelfPage, Page]]]:
    """Return by slug the pages that stand on shelves under the slug of a shared course."""
    place = {shelf.path: shelf for shelf in shelves}
    found = Page.objects.filter(slug__in=[course.slug for course in courses], depth=shelves[0].depth + 1)
    copies = defaultdict(list)
    for page in found.order_by("path"):
        if shelf := place.get(page.path[: -Page.steplen]):
            copies[page.slug].append((shelf, page))
    return copies


@require_POST
def take_over(request):
    """Copy a shared course with everything below it, as drafts, to a shelf of the person; twice is once."""
    course = get_object_or_404(shared_courses(), pk=_number(request.POST.get("course")))
    shelf = get_object_or_404(shelves_of(request.user), pk=_number(request.POST.get("shelf")))
    with transaction.atomic():
        ShelfPage.objects.select_for_update(of=("self",)).get(pk=shelf.pk)  # a double click waits here
        copy = Page.objects.child_of(shelf).filter(slug=course.slug).first()
        if copy is None:
            # Not asked again: Wagtail would want the right to change what is copied, not only to add where it goes.
            copy = CopyPageAction(
                course, to=shelf, recursive=True, copy_revisions=False, keep_live=False, user=request.user
            ).execute(skip_permission_checks=True)
            text = _("“%(course)s” now stands on the shelf of %(shelf)s as a draft. Change it, then have it reviewed.")
            messages.success(request, text % {"course": course.title, "shelf": shelf.title})
        else:
            messages.info(request, _("“%(course)s” stands on this shelf already.") % {"course": course.title})
    return redirect(reverse("wagtailadmin_explore", args=[copy.pk]))


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
