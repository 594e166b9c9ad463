"""From address to page: the same answers as Wagtail's own walk, in fewer queries."""

import pytest
from django.http import Http404
from wagtail.models import Page, PageViewRestriction, Site

from courses.models import CoursePage
from home import middleware, routing
from home.models import HomePage, PlainPage
from home.routing import find_page
from tests.factories import ModulePageFactory, make_course


@pytest.fixture
def home(db):
    return HomePage.objects.get()


def plain(parent, slug, **fields):
    return parent.add_child(instance=PlainPage(title=slug, slug=slug, **fields))


def components(page) -> list[str]:
    return [part for part in page.url.split("/") if part]


def test_every_page_is_found_as_wagtail_finds_it(rf, home):
    course = make_course(modules=2, lessons=2)
    about = plain(home, "tentang")
    plain(about, "tentang")
    for page in Page.objects.descendant_of(home):
        path = components(page)
        request = rf.get(page.url)
        ours, theirs = home.route(request, path), Page.route(home, request, path)
        assert ours.page == theirs.page == page.specific
        assert type(ours.page) is type(theirs.page)
    assert home.route(rf.get(course.url), components(course)).page.title == course.title


def test_a_page_below_a_draft_is_found_and_a_draft_is_not(rf, home):
    draft = plain(home, "draf", live=False)
    below = plain(draft, "di-bawah")
    assert home.route(rf.get("/draf/di-bawah/"), ["draf", "di-bawah"]).page == below
    with pytest.raises(Http404):
        home.route(rf.get("/draf/"), ["draf"])


@pytest.mark.parametrize("path", [["tidak"], ["katalog", "tidak"], ["tentang", ""], ["%"], ["KATALOG"]])
def test_an_unknown_path_is_404(rf, home, path):
    plain(home, "tentang")
    with pytest.raises(Http404):
        home.route(rf.get("/"), path)


def test_two_queries_find_a_page_however_deep(home, django_assert_num_queries):
    course = make_course()
    module = ModulePageFactory(parent=course)
    for page in (CoursePage.objects.get(pk=course.pk), module):
        path = components(page)
        with django_assert_num_queries(2):
            find_page(home, path)


def test_knowing_that_nothing_restricts_costs_no_query(home, django_assert_num_queries):
    course = make_course()
    found = find_page(home, components(course))
    with django_assert_num_queries(0):
        assert list(found.get_view_restrictions()) == []


@pytest.mark.parametrize("where", ["page", "shelf", "home"])
def test_a_restriction_here_or_above_is_respected_at_once(home, where):
    course = make_course()
    page = {"page": course, "shelf": course.get_parent(), "home": home}[where]
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert list(find_page(home, components(course)).get_view_restrictions()) == [restriction]
    restriction.delete()
    assert list(find_page(home, components(course)).get_view_restrictions()) == []


def test_a_restriction_beside_does_not_count(home):
    course, other = make_course(), make_course()
    PageViewRestriction.objects.create(page=other, restriction_type="login")
    assert list(find_page(home, components(course)).get_view_restrictions()) == []


# --- the site, kept for a moment -------------------------------------------------------------------------------------


def test_the_site_is_read_once(rf, home, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert middleware.site_of(rf.get("/")).root_page_id == home.pk
    with django_assert_num_queries(0):
        assert middleware.site_of(rf.get("/")).root_page.specific == home


def test_the_site_is_read_again_after_a_while(rf, home, monkeypatch, django_assert_num_queries):
    middleware.site_of(rf.get("/"))
    monkeypatch.setattr(middleware, "KEEP_SECONDS", 0)
    with django_assert_num_queries(2):
        middleware.site_of(rf.get("/"))


def test_a_changed_site_is_seen_at_once(client, rf, home):
    client.get("/tidak-ada/")
    Site.objects.create(hostname="palu.example", root_page=home, site_name="Palu")
    assert middleware.site_of(rf.get("/", headers={"host": "palu.example"})).site_name == "Palu"


def test_many_host_names_do_not_fill_the_memory(rf, home):
    for number in range(250):
        middleware.site_of(rf.get("/", headers={"host": f"h{number}.example"}))
    assert len(middleware._kept) <= 101


def test_the_front_page_is_read_anew(client, home):
    assert home.title in client.get("/").content.decode()
    HomePage.objects.filter(pk=home.pk).update(title="Nama baru")
    assert "Nama baru" in client.get("/").content.decode()


# --- search ----------------------------------------------------------------------------------------------------------


def test_search_leads_to_the_catalogue_with_the_words(client, home):
    answer = client.get("/cari/", {"q": " etika & loket "})
    assert (answer.status_code, answer.url) == (302, "/katalog/?q=etika+%26+loket")
    assert client.get("/cari/").url == "/katalog/"


def test_another_kind_of_page_at_a_known_address_is_found(home, monkeypatch):
    page = plain(home, "bantuan")
    monkeypatch.setitem(routing._kinds, page.url_path, CoursePage)
    assert find_page(home, ["bantuan"]) == page
    assert find_page(home, ["bantuan"]) == page
    page.delete()
    assert find_page(home, ["bantuan"]) is None
