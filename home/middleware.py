"""The site and its front page are asked for on every view and change once a year: a process keeps them for a moment."""

import time

from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, Site
from wagtail.signals import page_published, page_unpublished, post_page_move

KEEP_SECONDS = 30
_kept: dict[tuple[str, str], tuple[float, Site | None]] = {}


def forget_sites(sender=None, **kwargs) -> None:
    """Forget at once what this process knows; the others follow within `KEEP_SECONDS`."""
    _kept.clear()


def forget_sites_with_their_root(sender, instance, **kwargs) -> None:
    """Forget when a page of the first levels changes: a site's root is one of them."""
    if isinstance(instance, Page) and instance.depth <= 2:
        forget_sites()


class SiteMiddleware:
    """Give the request its site, with the root page already specific, where Wagtail looks for it first."""

    def __init__(self, get_response):
        self.get_response = get_response
        for signal in (post_save, post_delete):
            signal.connect(forget_sites, sender=Site, dispatch_uid="home.forget_sites")
        for signal in (page_published, page_unpublished, post_page_move):
            signal.connect(forget_sites_with_their_root, dispatch_uid="home.forget_sites_with_their_root")

    def __call__(self, request):
        site = site_of(request)
        if site is not None:
            request._wagtail_site = site
        return self.get_response(request)


def site_of(request) -> Site | None:
    """Return the site of a request; two queries every `KEEP_SECONDS` in each process and for each host."""
    key = (request._get_raw_host(), request.get_port())
    now = time.monotonic()
    if key in _kept and now - _kept[key][0] < KEEP_SECONDS:
        return _kept[key][1]
    site = Site.find_for_request(request)
    if site is not None:
        site.root_page.specific  # noqa: B018 (a cached property: filled here, read while routing)
    if len(_kept) > 100:  # any host name may be asked for; do not remember them all
        _kept.clear()
    _kept[key] = (now, site)
    return site
