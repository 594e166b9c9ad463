"""What editors find when they choose a page, and the addresses of Wagtail that would name everybody's files."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.models import Collection

from courses.editorial import prepare_shelf
from courses.models import ModulePage, ShelfPage
from library.models import Recording
from people.models import Agency
from people.services import grant_role
from tests.factories import AgencyFactory, CoursePageFactory, LessonPageFactory, ModulePageFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    agency = AgencyFactory(short_name="Kota Palu")
    CoursePageFactory(parent=prepare_shelf(agency), title="Kursus kita", live=False)
    person = PersonFactory()
    grant_role(person=person, agency=agency, role="editor")
    client.force_login(person)
    return person


@pytest.fixture
def theirs():
    """The shelf of another agency with an open course that has a draft lesson, and a closed course."""
    shelf = prepare_shelf(AgencyFactory(short_name="Kota Sorong"))
    module = ModulePageFactory(parent=CoursePageFactory(parent=shelf, title="Kursus terbuka"), title="Modul terbuka")
    LessonPageFactory(parent=module, title="Pelajaran terbit")
    LessonPageFactory(parent=module, title="Rahasia naskah", live=False)
    closed = CoursePageFactory(parent=shelf, title="Rahasia kursus", sharing="own")
    LessonPageFactory(parent=ModulePageFactory(parent=closed, title="Rahasia modul"), title="Rahasia pelajaran")
    return shelf


def chooser(client, page) -> str:
    return client.get(reverse("wagtailadmin_choose_page_child", args=[page.pk])).content.decode()


def test_editor_chooses_among_own_drafts_and_what_is_open(client, editor, theirs):
    assert "Kursus kita" in chooser(client, ShelfPage.objects.get(title="Kota Palu"))
    shelf = chooser(client, theirs)
    assert "Kursus terbuka" in shelf
    assert "Rahasia" not in shelf
    module = chooser(client, ModulePage.objects.get(title="Modul terbuka"))
    assert "Pelajaran terbit" in module
    assert "Rahasia" not in module


def test_editor_does_not_step_into_a_closed_course(client, editor, theirs):
    closed = theirs.get_children().get(title="Rahasia kursus")
    address = reverse("wagtailadmin_choose_page_child", args=[closed.pk])
    assert client.get(address).status_code == 404
    client.force_login(PersonFactory(is_superuser=True))
    assert "Rahasia modul" in client.get(address).content.decode()


def test_editor_finds_no_closed_pages_by_searching(client, editor, theirs):
    address = reverse("wagtailadmin_choose_page_search")
    found = client.get(address, {"q": "Rahasia"})
    assert (found.status_code, b"Rahasia kursus" in found.content) == (200, False)
    assert b"Kursus terbuka" in client.get(address, {"q": "terbuka"}).content
    client.force_login(PersonFactory(is_superuser=True))
    assert b"Rahasia kursus" in client.get(address, {"q": "Rahasia"}).content


@pytest.mark.parametrize(
    "address",
    [
        "/admin/api/main/images/",
        "/admin/api/main/images/1/",
        "/admin/api/main/documents/",
        "/admin/api/main/documents/1/",
        "/admin/choose-page/chosen-multiple/",
        "/admin/reports/page-types-usage/",
        "/admin/reports/page-types-usage/results/",
    ],
)
def test_addresses_that_know_no_agencies_are_closed(client, editor, address):
    assert client.get(address).status_code == 404


def test_use_of_a_recording_is_shown_to_who_keeps_it(client, editor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    prepare_shelf(AgencyFactory(short_name="Kota Sorong"))
    for name, expected in (("Kota Palu", 200), ("Kota Sorong", 404)):
        row = Recording.objects.create(
            title="Di loket",
            type="audio",
            file=ContentFile(b"x", "loket.mp3"),
            collection=Collection.objects.get(name=name),
        )
        assert client.get(f"/admin/media/usage/{row.pk}/").status_code == expected


def test_editors_do_not_give_their_shelf_to_others(client, editor):
    shelf = ShelfPage.objects.get(title="Kota Palu")
    other = AgencyFactory(short_name="Kota Lain")
    ShelfPage.objects.filter(agency=other).update(agency=None)  # free to be taken
    fields = {"title": "Rak kita", "slug": shelf.slug, "agency": other.pk, "comments-TOTAL_FORMS": 0}
    client.post(reverse("wagtailadmin_pages:edit", args=[shelf.pk]), {**fields, "comments-INITIAL_FORMS": 0})
    draft = ShelfPage.objects.get(pk=shelf.pk).get_latest_revision_as_object()
    assert (draft.title, draft.agency) == ("Rak kita", Agency.objects.get(short_name="Kota Palu"))
