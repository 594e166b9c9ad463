"""One site for all screens of a test, and one page for each person who looks at them."""

import pytest

from .site import all_screens


@pytest.fixture
def look(open_page):
    """Return `look(**context)`, which yields every screen with a page that shows it, and the status of its answer."""

    def at_all(**context):
        pages = {}
        for screen in all_screens():
            key = screen.person and screen.person.pk
            if key not in pages:
                pages[key] = open_page(screen.person, **context)
            answer = pages[key].goto(screen.address)
            expected = 404 if "nothing here" in screen.name else 200
            assert answer.status == expected, f"{screen.name}: {answer.status}"
            yield screen, pages[key]

    return at_all
