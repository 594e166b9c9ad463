"""From an address to its page in one query, and the answer to "is this page restricted?" in the same one.

Wagtail walks the tree slug by slug, two queries each, and asks the page's ancestors for privacy settings on every view.
Only the last page of the path has to be live for Wagtail, so looking it up by its whole path gives the same answer.
"""

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import Page, PageViewRestriction


def find_page(root: Page, path_components: list[str]) -> Page | None:
    """Return the specific page at a path below a site's root, live or not; None where the tree must be walked."""
    url_path = f"{root.url_path}{'/'.join(path_components)}/"
    # The slug has an index, the path has none.
    found = Page.objects.filter(slug=path_components[-1], url_path=url_path).annotate(restricted=_restricted()).first()
    if found is None or issubclass(found.specific_class or Page, RoutablePageMixin):
        return None
    page = found.specific
    if not found.restricted and not found.alias_of_id:
        # Known already: Wagtail's check at serving then needs no query.
        page.get_view_restrictions = PageViewRestriction.objects.none
    return page


def _restricted() -> Exists:
    """Match pages that carry a privacy setting or stand below one that does."""
    settings = PageViewRestriction.objects.alias(asked=ExpressionWrapper(OuterRef("path"), CharField()))
    return Exists(settings.filter(asked__startswith=F("page__path")))
