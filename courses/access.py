"""Who may open a page of a course. Apps above add policies; every policy must allow, and one that fails denies.

Who may edit or publish a page may always open it. Page privacy of Wagtail is not offered on these pages: the course's
sharing and these policies are the one door.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.models import Page

from people.queries import agency_of

from .activities import ActivityMixin
from .models import CoursePage, ModulePage, PathPage
from .outlines import EVERYONE
from .paths import path_is_open_to
from .queries import outline_of

logger = logging.getLogger(__name__)

SIGN_IN = "sign in"


@dataclass(frozen=True)
class Access:
    """An answer. A refusal is 404, unless it asks to sign in (`reason` is SIGN_IN) or names where to go instead:
    then `reason` is what the visitor reads there."""

    allowed: bool
    reason: str = ""
    redirect_to: str = ""


ALLOWED = Access(True)
Policy = Callable[[object, Page], Access]


def may_open(person, page: Page) -> Access:
    """Say whether a person (or an anonymous visitor) may open a course, module or activity page."""
    try:
        refusal = _first_refusal(person, page)
        return refusal if refusal and not _may_edit(person, page) else ALLOWED
    except Exception:
        logger.exception("an access policy failed for page %s", page.pk)
        return Access(False, "failed")


def _first_refusal(person, page: Page) -> Access | None:
    for policy in _policies:
        answer = policy(person, page)
        if not answer.allowed:
            return answer
    return None


def _is_signed_in(person) -> bool:
    return bool(getattr(person, "is_authenticated", False))


def _may_edit(person, page: Page) -> bool:
    """Editors, reviewers and administrators of the page; asked only where a policy refused."""
    if not _is_signed_in(person):
        return False
    permissions = page.permissions_for_user(person)
    return permissions.can_edit() or permissions.can_publish()


# --- the policies of this app, asked first ---------------------------------------------------------------------------


def is_live(person, page: Page) -> Access:
    """The page, its module and its course must be live; the outline knows all three."""
    outline = outline_of(page)
    if outline is None or not outline.live or not page.live:
        return Access(False, "not live")
    if _is_activity(page) and outline.activity(page.pk) is None:
        return Access(False, "not live")
    return ALLOWED


def is_signed_in(person, page: Page) -> Access:
    """Activities ask to sign in; so does whatever is not shared with everyone."""
    if _is_signed_in(person):
        return ALLOWED
    is_public = not _is_activity(page) and outline_of(page).sharing == EVERYONE
    return ALLOWED if is_public else Access(False, SIGN_IN)


def is_shared(person, page: Page) -> Access:
    """The course must be shared with the person's agency."""
    outline = outline_of(page)
    if outline.sharing == EVERYONE:
        return ALLOWED
    agency = agency_of(person) if _is_signed_in(person) else None
    is_open = outline.is_shared_with(agency.pk if agency else None, signed_in=_is_signed_in(person))
    return ALLOWED if is_open else Access(False, "not shared")


def _is_activity(page: Page) -> bool:
    return issubclass(page.specific_class or type(page), ActivityMixin)


_policies: list[Policy] = [is_live, is_signed_in, is_shared]


def register_access_policy(policy: Policy) -> Policy:
    """Add `policy(person, page) -> Access`, asked after those above: live, signed in where needed, shared."""
    _policies.append(policy)
    return policy


# --- enforcement -----------------------------------------------------------------------------------------------------


def check_access(page: Page, request: HttpRequest) -> HttpResponse | None:
    """Return None where the visitor may open the page, else the answer to send; raise Http404 for the rest."""
    if isinstance(page, PathPage):
        return _check_path(page, request)
    if not isinstance(page, CoursePage | ModulePage | ActivityMixin):
        return None
    access = may_open(request.user, page)
    if access.allowed:
        return None
    if access.reason == SIGN_IN:
        return redirect_to_login(request.get_full_path(), settings.WAGTAIL_FRONTEND_LOGIN_URL)
    if access.redirect_to:
        messages.info(request, access.reason)
        return redirect(access.redirect_to)
    raise Http404


def _check_path(path: PathPage, request: HttpRequest) -> HttpResponse | None:
    """A learning path is open to those who may open every course it requires."""
    if path_is_open_to(path, request.user) or _may_edit(request.user, path):
        return None
    if not _is_signed_in(request.user):
        return redirect_to_login(request.get_full_path(), settings.WAGTAIL_FRONTEND_LOGIN_URL)
    raise Http404


def check_access_before_serving(page, request, serve_args, serve_kwargs):
    """Hook `before_serve_page`: no course page is served without this question."""
    return check_access(page, request)
