"""Who reads an attachment, and which files may stand on a page. Every refusal is tried with a file that is there."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.models import Collection, PageViewRestriction

from completion.services import enrol
from courses.editorial import prepare_shelf
from courses.files import files_on, strange_files
from courses.models import LessonPage
from courses.services import refresh_course
from home.models import HomePage, PlainPage
from library.models import Attachment, Recording
from people.services import grant_role
from tests.factories import (
    AgencyFactory,
    CoursePageFactory,
    EmploymentFactory,
    LessonPageFactory,
    ModulePageFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def palu():
    agency = AgencyFactory(short_name="Kota Palu")
    prepare_shelf(agency)
    return agency


@pytest.fixture
def sorong():
    agency = AgencyFactory(short_name="Kota Sorong")
    prepare_shelf(agency)
    return agency


def attachment_of(agency) -> Attachment:
    collection = Collection.objects.get(name=agency.short_name)
    return Attachment.objects.create(title="Daftar", file=ContentFile(b"%PDF-1.4", "daftar.pdf"), collection=collection)


def lesson_with(attachment, agency, **course):
    lesson = LessonPageFactory(
        parent=ModulePageFactory(parent=CoursePageFactory(parent=prepare_shelf(agency), **course)),
        body=[("download", {"document": attachment, "description": ""})],
    )
    refresh_course(course=lesson.get_parent().get_parent().specific)
    return lesson


def editor_of(agency, role="editor"):
    person = PersonFactory()
    grant_role(person=person, agency=agency, role=role)
    return person


def status(client, person, attachment) -> int:
    client.logout()
    if person:
        client.force_login(person)
    return client.get(attachment.url).status_code


def test_attachment_opens_for_who_studies_the_lesson_and_asks_visitors_to_sign_in(client, palu):
    attachment = attachment_of(palu)
    lesson = lesson_with(attachment, palu)
    learner, stranger = PersonFactory(), PersonFactory()
    enrol(person=learner, course=lesson.get_parent().get_parent().specific)
    assert status(client, learner, attachment) == 200
    assert status(client, stranger, attachment) == 404
    client.logout()
    assert client.get(attachment.url)["Location"].startswith("/masuk/?next=/dokumen/")


def test_attachment_of_a_closed_course_or_a_draft_stays_closed(client, palu):
    attachment, lonely = attachment_of(palu), attachment_of(palu)
    lesson = lesson_with(attachment, palu, sharing="own")
    own = EmploymentFactory(agency=palu).person
    enrol(person=own, course=lesson.get_parent().get_parent().specific)
    assert status(client, own, attachment) == 200
    assert status(client, own, lonely) == 404
    lesson.unpublish()
    assert status(client, own, attachment) == 404


def test_attachment_opens_for_the_keepers_of_its_collection_alone(client, palu, sorong):
    attachment = attachment_of(palu)
    assert status(client, editor_of(palu), attachment) == 200
    assert status(client, editor_of(sorong), attachment) == 404
    assert status(client, PersonFactory(is_superuser=True), attachment) == 200


def test_attachment_of_a_plain_page_opens_for_everybody_unless_the_page_is_private(client, palu):
    attachment = attachment_of(palu)
    page = PlainPage(title="Bantuan", body=[("download", {"document": attachment, "description": ""})])
    HomePage.objects.get().add_child(instance=page)
    assert status(client, None, attachment) == 200
    PageViewRestriction.objects.create(page_id=page.pk, restriction_type="login")
    assert status(client, None, attachment) == 302


# --- choosing --------------------------------------------------------------------------------------------------------


def test_strange_files_are_those_of_other_agencies(palu, sorong):
    mine, theirs = attachment_of(palu), attachment_of(sorong)
    both = {(Attachment, str(mine.pk)), (Attachment, str(theirs.pk)), (Recording, "4711")}
    assert strange_files(editor_of(palu), both) == both - {(Attachment, str(mine.pk))}


def test_files_on_a_page_are_found_in_blocks_and_links(palu):
    in_block, in_link = attachment_of(palu), attachment_of(palu)
    link = f'<p><a linktype="document" id="{in_link.pk}">daftar</a></p>'
    page = LessonPage(title="X", body=[("download", {"document": in_block, "description": ""}), ("rich_text", link)])
    assert files_on(page) == {(Attachment, str(in_block.pk)), (Attachment, str(in_link.pk))}


def saved(client, lesson, attachment):
    """Send the form of a lesson as an editor's browser does, with a download block of an attachment."""
    fields = {
        "title": lesson.title,
        "slug": lesson.slug,
        "summary": "",
        "planned_minutes": "8",
        "minimum_seconds": "",
        "watched_percent": "80",
        "required": "on",
        "completion_rule": "",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "download",
        "body-0-id": "",
        "body-0-value-document": str(attachment.pk),
        "body-0-value-description": "",
        "sources-count": "0",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }
    return client.post(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), fields)


def test_editor_puts_no_file_of_another_agency_on_a_page_by_its_number(client, palu, sorong):
    lesson = LessonPageFactory(parent=ModulePageFactory(parent=CoursePageFactory(parent=prepare_shelf(palu))))
    mine, theirs = attachment_of(palu), attachment_of(sorong)
    client.force_login(editor_of(palu))
    refused = saved(client, lesson, theirs)
    assert len(refused.context["form"].non_field_errors()) == 1
    assert files_on(lesson.get_latest_revision_as_object()) == set()
    assert saved(client, lesson, mine).status_code == 302
    assert files_on(LessonPage.objects.get(pk=lesson.pk).get_latest_revision_as_object()) == {
        (Attachment, str(mine.pk))
    }


def test_a_file_that_stands_on_the_page_already_may_stay(client, palu, sorong):
    theirs = attachment_of(sorong)
    lesson = lesson_with(theirs, palu)
    client.force_login(editor_of(palu))
    assert saved(client, lesson, theirs).status_code == 302
