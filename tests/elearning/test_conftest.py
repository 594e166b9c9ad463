"""The test bench itself: what it promises to every other test."""

import pytest
from wagtail.models import Page

pytestmark = pytest.mark.browser


def see_rows_of_migrations():
    assert Page.objects.filter(depth=1).count() == 1


@pytest.mark.parametrize("time", ["first", "again"])
def test_database_has_rows_of_migrations_in_each_journey(live_server, time):
    see_rows_of_migrations()


@pytest.mark.smoke
def test_phone_opens_the_sign_in_page(phone):
    page = phone()
    answer = page.goto("/masuk/")
    assert answer.status == 200
    assert page.evaluate("innerWidth") == 360


def test_visitor_without_javascript_runs_none(no_js):
    page = no_js()
    page.set_content("<p id=a>before</p><script>document.getElementById('a').textContent = 'after'</script>")
    assert page.locator("#a").inner_text() == "before"
