"""Long lists: the words they are searched for, and one page of them. The address holds both, as `q` and `p`."""

from django.core.paginator import Page, Paginator

A_PAGE = 50


def search_words(request) -> str:
    """Return the words a list is searched for, 100 characters at most; without NUL, which PostgreSQL refuses."""
    return request.GET.get("q", "").replace("\0", "").strip()[:100]


def one_page(request, rows) -> Page:
    """Return the page of the rows that the address names, the first where it names none."""
    return Paginator(rows, A_PAGE).get_page(request.GET.get("p"))
