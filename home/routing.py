"""From an address to its page in one query, and the answer to "is this page restricted?" in the same one.

Wagtail walks the tree slug by slug, two queries each, and asks the page's ancestors for privacy settings on every view.
Only the last page of the path has to be live for Wagtail, so looking it up by its whole path gives the same answer.
"""

from functools import cache

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import Page, PageViewRestriction

from core.prepared import Prepared

# What kind of page stood at an address: only where to look first, so it may be wrong.
_kinds: dict[str, type[Page]] = {}
KINDS_KEPT = 10_000


def find_page(root: Page, path_components: list[str]) -> Page | None:
    """Return the specific page at a path below a site's root, live or not; None where the tree must be walked."""
    url_path = f"{root.url_path}{'/'.join(path_components)}/"
    values = {"slug": path_components[-1], "url_path": url_path}
    page = pages_of(_kinds[url_path]).first(**values) if url_path in _kinds else None
    if page is None:
        page = _look_everywhere(values)
    return None if isinstance(page, RoutablePageMixin) else _with_restrictions(page)


def read_anew(page: Page) -> Page:
    """Return a page as it is now, from one that a process keeps; its address may have changed meanwhile."""
    found = pages_of(type(page)).first(slug=page.slug, url_path=page.url_path)
    return _with_restrictions(found) or type(page).objects.get(pk=page.pk)


def _with_restrictions(page: Page | None) -> Page | None:
    """Let a page answer Wagtail's check at serving without a query, where it is known that nothing restricts it."""
    if page is not None and not page.restricted and not page.alias_of_id:
        page.get_view_restrictions = PageViewRestriction.objects.none
    return page


def _look_everywhere(values: dict[str, str]) -> Page | None:
    """Ask what kind of page is there, then for the page; remember the kind."""
    found = pages_of(Page).first(**values)
    if found is None or found.specific_class is None:
        return None
    if len(_kinds) >= KINDS_KEPT:
        _kinds.clear()
    _kinds[values["url_path"]] = found.specific_class
    return pages_of(found.specific_class).first(**values)


@cache
def pages_of(model: type[Page]) -> Prepared[Page]:
    """Return the query for the page of a kind at an address. The slug has an index, the path has none."""

    def build(slug: str, url_path: str):
        pages = model.objects.filter(slug=slug, url_path=url_path)
        return pages.annotate(restricted=_restricted()).order_by()[:1]

    return Prepared(build, slug=str, url_path=str)


def _restricted() -> Exists:
    """Match pages that carry a privacy setting or stand below one that does."""
    settings = PageViewRestriction.objects.alias(asked=ExpressionWrapper(OuterRef("path"), CharField()))
    return Exists(settings.filter(asked__startswith=F("page__path")))
