"""The way from draft to published, and who may walk it. Every refusal is tried on a page that is there."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Collection, Comment, GroupPagePermission, Workflow
from wagtail.permissions import policy_registry

from core.schedule import run_due_jobs
from courses.content_checks import ContentProblem, Known, content_problems, problems_in
from courses.editorial import prepare_shelf
from courses.models import LessonPage, ShelfPage
from library.models import Picture
from people.models import Agency, AgencyRole
from people.services import grant_role
from tests.factories import AgencyFactory, CoursePageFactory, LessonPageFactory, ModulePageFactory, PersonFactory


def someone(role, agency):
    person = PersonFactory()
    grant_role(person=person, agency=agency, role=role)
    return person


@pytest.fixture
def palu(db):
    return AgencyFactory(short_name="Kota Palu")


@pytest.fixture
def sorong(db):
    return AgencyFactory(short_name="Kota Sorong")


def lesson_of(agency, **fields):
    course = CoursePageFactory(parent=prepare_shelf(agency))
    return LessonPageFactory(parent=ModulePageFactory(parent=course), **fields)


def rights(person, page):
    return page.permissions_for_user(person)


# --- the shelf of an agency ------------------------------------------------------------------------------------------


def test_shelf_is_prepared_once(palu):
    def counts():
        models = (ShelfPage, Group, GroupPagePermission, Collection, Workflow)
        return [model.objects.count() for model in models]

    shelf = prepare_shelf(palu)
    before = counts()
    assert prepare_shelf(palu) == shelf
    assert counts() == before
    assert shelf.live
    assert Group.objects.filter(name__in=[f"{r} — Kota Palu" for r in ("Editor", "Reviewer", "Organiser")]).count() == 3


def test_shelf_of_all_is_nobodys(palu):
    shared = prepare_shelf(None)
    assert prepare_shelf(None) == shared
    assert shared.agency is None
    for role in AgencyRole.Role.values:
        assert not rights(someone(role, palu), shared).can_edit()


def test_new_agency_gets_its_shelf(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        agency = Agency.objects.create(name="Pemerintah Kota Palembang", short_name="Kota Palembang", slug="palembang")
    assert ShelfPage.objects.get(agency=agency).slug == "palembang"


def test_shelf_finds_a_free_address(palu):
    LessonPageFactory(parent=ModulePageFactory(parent=CoursePageFactory(parent=prepare_shelf(None))))
    agency = AgencyFactory(short_name="Bersama", slug="bersama")
    assert prepare_shelf(agency).slug != "bersama"


# --- who may what ----------------------------------------------------------------------------------------------------


def test_editor_writes_and_cannot_publish(palu):
    editor, page = someone("editor", palu), lesson_of(palu)
    assert rights(editor, page).can_edit()
    assert rights(editor, page.get_parent()).can_add_subpage()
    assert not rights(editor, page).can_publish()
    assert not rights(editor, page).can_unpublish()


@pytest.mark.parametrize("role", ["reviewer", "organiser"])
def test_reviewer_and_organiser_publish(role, palu):
    page = lesson_of(palu)
    person = someone(role, palu)
    assert rights(person, page).can_edit()
    assert rights(person, page).can_publish()
    assert rights(person, page).can_lock()


@pytest.mark.parametrize("role", AgencyRole.Role.values)
def test_nobody_touches_the_shelf_of_another_agency(role, palu, sorong):
    page = lesson_of(sorong)
    prepare_shelf(palu)
    person = someone(role, palu)
    tester = rights(person, page)
    allowed = [tester.can_edit(), tester.can_publish(), tester.can_delete(), tester.can_add_subpage()]
    assert allowed == [False] * 4


@pytest.mark.parametrize("role", AgencyRole.Role.values)
def test_edit_screen_of_another_agency_is_refused(role, palu, sorong, client):
    page = lesson_of(sorong, title="Rahasia Sorong")
    prepare_shelf(palu)
    client.force_login(someone(role, palu))
    answer = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert answer.status_code in (302, 403)
    listing = client.get("/admin/lessons/").content.decode()
    assert "Rahasia Sorong" not in listing


def test_pictures_stay_with_their_agency(palu, sorong):
    editor = someone("editor", palu)
    prepare_shelf(palu)
    prepare_shelf(sorong)
    policy = policy_registry.get_by_type(Picture)
    assert [str(c) for c in policy.collections_user_has_permission_for(editor, "add")] == ["Kota Palu"]


def test_learner_has_no_admin(palu, client):
    client.force_login(PersonFactory())
    assert client.get("/admin/").status_code == 302


# --- the way of a lesson ---------------------------------------------------------------------------------------------


@pytest.fixture
def draft(palu):
    page = lesson_of(palu, live=False)
    page.save_revision()
    return page


def test_lesson_sent_to_review_goes_live_when_a_reviewer_approves(draft, palu):
    editor, reviewer = someone("editor", palu), someone("reviewer", palu)
    state = draft.get_workflow().start(draft, editor)
    task = state.current_task_state
    assert not LessonPage.objects.get(pk=draft.pk).live
    assert task.specific.task.specific.get_actions(draft, editor) == []
    assert "approve" in [name for name, *_rest in task.specific.task.specific.get_actions(draft, reviewer)]
    task.specific.approve(user=reviewer)
    assert LessonPage.objects.get(pk=draft.pk).live


def test_workflow_of_an_agency_is_not_for_the_reviewer_of_another(draft, palu, sorong):
    prepare_shelf(sorong)
    stranger = someone("reviewer", sorong)
    state = draft.get_workflow().start(draft, someone("editor", palu))
    task = state.current_task_state.task.specific
    assert task.get_actions(draft, stranger) == []


def test_editor_who_asks_to_publish_does_not(draft, palu, client):
    editor = someone("editor", palu)
    client.force_login(editor)
    url = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    form = {
        "title": "Dipaksakan", "slug": draft.slug, "summary": "", "body-count": 0, "sources-count": 0,
        "planned_minutes": 8, "required": "on", "completion_rule": "", "action-publish": "1",
        "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0,
    }  # fmt: skip
    client.post(url, form)
    assert not LessonPage.objects.get(pk=draft.pk).live


def test_earlier_version_can_be_brought_back(draft, palu):
    first = draft.latest_revision or draft.save_revision()
    draft.title = "Berubah"
    draft.save_revision()
    first.as_object().save_revision(previous_revision=first)
    assert LessonPage.objects.get(pk=draft.pk).get_latest_revision_as_object().title == first.as_object().title


def test_lesson_is_published_on_the_day_that_was_set(draft):
    draft.go_live_at = timezone.now() + dt.timedelta(days=1)
    draft.save_revision().publish()
    call_command("publish_scheduled")
    assert not LessonPage.objects.get(pk=draft.pk).live
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        call_command("publish_scheduled")
    assert LessonPage.objects.get(pk=draft.pk).live


# --- the desk of an editor -------------------------------------------------------------------------------------------


def test_dashboard_names_drafts_and_lessons_to_mend_of_ones_own_only(palu, sorong, client):
    editor = someone("editor", palu)
    mine, other = lesson_of(palu, title="Punya saya"), lesson_of(sorong, title="Punya Sorong")
    for page in (mine, other):
        page.save_revision(user=editor)
    client.force_login(editor)
    page = client.get("/admin/").content.decode()
    assert "my-drafts" in page
    assert "failing-checks" in page
    assert "Punya saya" in page
    assert "Punya Sorong" not in page
    assert "first-steps" not in page


def test_dashboard_of_a_first_time_editor_shows_where_to_begin(palu, client):
    prepare_shelf(palu)
    client.force_login(someone("editor", palu))
    page = client.get("/admin/").content.decode()
    assert "/admin/petunjuk/" in page
    assert "first-steps" in page
    assert client.get("/admin/petunjuk/").status_code == 200


def test_menu_of_an_editor_lacks_what_is_for_administrators(palu, client, admin_client):
    prepare_shelf(palu)
    client.force_login(someone("editor", palu))
    editors, administrators = client.get("/admin/").content.decode(), admin_client.get("/admin/").content.decode()
    assert '"/admin/petunjuk/"' in editors
    assert '"/admin/redirects/"' not in editors
    assert '"/admin/redirects/"' in administrators
    assert "guide.wagtail.org" not in editors + administrators


def test_report_lists_ones_own_lessons_with_what_they_lack(palu, sorong, client):
    lesson_of(palu, title="Tanpa sumber")
    lesson_of(sorong, title="Punya Sorong")
    client.force_login(someone("editor", palu))
    page = client.get("/admin/perlu-dibenahi/").content.decode()
    assert "Tanpa sumber" in page
    assert "Punya Sorong" not in page


def test_report_asks_the_database_as_often_for_one_as_for_three(palu, django_assert_num_queries):
    from courses.editorial_panels import lessons_with_problems

    editor = someone("editor", palu)
    lesson = lesson_of(palu)
    lesson.save_revision()
    lessons_with_problems(editor)
    with django_assert_num_queries(2):
        assert len(lessons_with_problems(editor)) == 1
    for _ in range(2):
        LessonPageFactory(parent=lesson.get_parent()).save_revision()
    with django_assert_num_queries(2):
        assert len(lessons_with_problems(editor)) == 3


# --- what a lesson lacks ---------------------------------------------------------------------------------------------

SOURCE = [{"type": "source", "value": {"text": "UU"}}]


def text(html):
    return {"type": "rich_text", "value": html, "id": "x"}


def codes(*body, sources=SOURCE, minutes=8, known=None):
    return [problem.code for problem in problems_in(list(body), sources, minutes, known or Known())]


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ({"type": "figure", "value": {"picture": 1, "alt": ""}}, "no_alt"),
        ({"type": "figure", "value": {"picture": 1, "alt": "IMG_2041.jpg"}}, "bad_alt"),
        ({"type": "figure", "value": {"picture": None, "alt": "Loket"}}, "no_picture"),
        ({"type": "figure", "value": {"picture": 5, "alt": "Alur"}}, "no_words"),
        ({"type": "figure", "value": {"picture": 5, "alt": "Alur", "words": "<p></p>"}}, "no_words"),
        ({"type": "recording", "value": {"recording": None}}, "no_recording"),
        ({"type": "recording", "value": {"recording": 1}}, "no_captions"),
        ({"type": "recording", "value": {"recording": 2}}, "no_transcript"),
        ({"type": "embed", "value": {"title": "T", "url": "https://a.id", "text": "<p></p>"}}, "no_twin"),
        (text('<p><a href="https://a.id"> </a></p>'), "link_empty"),
        (text('<p><a href="#">sini</a></p>'), "link_nowhere"),
        (text("<p><a>sini</a></p>"), "link_nowhere"),
        (text('<p><a linktype="page" id="9">sini</a></p>'), "link_unpublished"),
        (text("<h3>Langsung kecil</h3>"), "heading_order"),
        (text("<h2> </h2>"), "heading_empty"),
    ],
)
def test_weakness_of_a_block_is_named(block, code):
    known = Known({1: ("Film", True, False, True), 2: ("Suara", False, False, False)}, frozenset({7}), frozenset({5}))
    assert codes(block, known=known) == [code]


@pytest.mark.parametrize(
    "block",
    [
        {"type": "figure", "value": {"picture": 1, "alt": "Loket prioritas"}},
        {"type": "figure", "value": {"picture": 5, "alt": "Alur", "words": "<p>Tiga langkah.</p>"}},
        {"type": "recording", "value": {"recording": 3}},
        text('<h2>A</h2><h3>B</h3><p><a linktype="page" id="7">sini</a> <a href="https://a.id">sana</a></p>'),
        text('<p><a linktype="document" id="9">berkas</a></p>'),
    ],
)
def test_good_block_has_no_weakness(block):
    assert codes(block, known=Known({3: ("Film", True, True, True)}, frozenset({7}), frozenset({5}))) == []


def test_heading_below_a_case_is_in_order():
    case = {"type": "case_study", "value": {"title": "T", "story": "<p>x</p>", "questions": []}}
    assert codes(case, text("<h3>Bagian</h3>")) == []


def test_weaknesses_of_the_whole_are_named():
    assert codes() == ["empty"]
    assert codes(text("<p>x</p>"), sources=[]) == ["no_sources"]
    assert codes(text("<p>x</p>"), minutes=16) == ["too_long"]
    assert codes(text("<p>x</p>"), minutes=15) == []
    assert codes(text("<p>" + "kata " * 900 + "</p>"), minutes=3) == ["too_short"]
    assert codes(text("<p>" + "kata " * 900 + "</p>"), minutes=5) == []


def test_weakness_says_in_which_block_it_is():
    (problem,) = problems_in([text("<h2></h2>")], SOURCE, 8, Known())
    assert problem == ContentProblem("heading_empty", problem.message, "x")


def test_edit_screen_names_what_the_lesson_lacks(palu, client):
    page = lesson_of(palu)
    client.force_login(someone("editor", palu))
    html = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert [problem.code for problem in content_problems(page)] == ["no_sources"]
    assert "problem-list" in html


def test_userbar_checks_with_our_rules(palu, rf):
    from wagtail.admin.userbar import AccessibilityItem, AdminItem

    from courses.wagtail_hooks import LessonCheckerItem, use_our_checks

    items = [AdminItem(), AccessibilityItem()]
    use_our_checks(rf.get("/"), items, None)
    assert [type(item) for item in items] == [AdminItem, LessonCheckerItem]
    assert {"image-alt", "video-caption", "heading-order"} <= set(items[1].axe_run_only)


def test_lesson_below_a_draft_says_that_learners_will_not_see_it(palu):
    page = lesson_of(palu)
    assert "hidden" not in [problem.code for problem in content_problems(page)]
    page.get_parent().unpublish()
    assert next(problem.code for problem in content_problems(page)) == "hidden"


# --- the editor's screens --------------------------------------------------------------------------------------------


def edit_form(page, **changes):
    """What the browser sends for a lesson without blocks; autosave sends the same."""
    return {
        "title": page.title, "slug": page.slug, "summary": "", "body-count": 0, "sources-count": 0,
        "planned_minutes": 8, "required": "on", "completion_rule": "", "watched_percent": 80, "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0, **changes,
    }  # fmt: skip


def test_comment_is_kept_with_the_lesson_and_answered(draft, palu, client):
    url = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    comment = {"comments-TOTAL_FORMS": 1, "comments-0-text": "Sudah tepat?", "comments-0-contentpath": "summary",
               "comments-0-position": "", "comments-0-deleted": "", "comments-0-resolved": "", "comments-0-id": "",
               "comments-0-replies-TOTAL_FORMS": 0, "comments-0-replies-INITIAL_FORMS": 0}  # fmt: skip
    client.force_login(someone("reviewer", palu))
    client.post(url, edit_form(draft, **comment))
    kept = Comment.objects.get(page=draft)
    assert (kept.text, kept.contentpath) == ("Sudah tepat?", "summary")

    answer = {"comments-INITIAL_FORMS": 1, "comments-0-id": kept.pk, "comments-0-replies-TOTAL_FORMS": 1,
              "comments-0-replies-0-text": "Ya.", "comments-0-replies-0-id": ""}  # fmt: skip
    editor = someone("editor", palu)
    client.force_login(editor)
    client.post(url, edit_form(draft, **comment | answer))
    assert [(reply.text, reply.user) for reply in kept.replies.all()] == [("Ya.", editor)]


def test_versions_are_compared_and_an_earlier_one_brought_back(draft, palu, client):
    client.force_login(someone("editor", palu))
    url = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    client.post(url, edit_form(draft, summary="Salam pertama"))
    first = LessonPage.objects.get(pk=draft.pk).latest_revision
    client.post(url, edit_form(draft, summary="Salam kedua"))
    compared = client.get(reverse("wagtailadmin_pages:revisions_compare", args=[draft.pk, first.pk, "latest"]))
    shown = compared.content.decode()
    assert '<span class="deletion">pertama</span><span class="addition">kedua</span>' in shown

    old = client.get(reverse("wagtailadmin_pages:revisions_revert", args=[draft.pk, first.pk])).content.decode()
    assert "Salam pertama" in old
    client.post(url, edit_form(draft, summary="Salam pertama", revision=first.pk))
    latest = LessonPage.objects.get(pk=draft.pk).latest_revision
    assert latest.pk > first.pk
    assert latest.as_object().summary == "Salam pertama"


def test_clock_of_the_worker_publishes_on_the_day_that_was_set(draft, palu, client):
    """From the form of a reviewer in Sorong, in their own time, to the page in the catalogue."""
    reviewer = someone("reviewer", palu)
    reviewer.time_zone = "Asia/Jayapura"
    reviewer.save()
    client.force_login(reviewer)
    url = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    with time_machine.travel(dt.datetime(2026, 3, 2, 20, tzinfo=dt.UTC), tick=False):
        client.post(url, edit_form(draft, go_live_at="2026-03-03 08:00", **{"action-publish": "1"}))
        run_due_jobs()
    assert not LessonPage.objects.get(pk=draft.pk).live
    with time_machine.travel(dt.datetime(2026, 3, 2, 22, 59, tzinfo=dt.UTC), tick=False):
        run_due_jobs()
    assert not LessonPage.objects.get(pk=draft.pk).live
    with time_machine.travel(dt.datetime(2026, 3, 2, 23, 1, tzinfo=dt.UTC), tick=False):
        run_due_jobs()
    assert LessonPage.objects.get(pk=draft.pk).live


def test_editor_is_not_told_that_everybody_may_read_a_lesson(draft, palu, client):
    client.force_login(someone("editor", palu))
    page = client.get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).content.decode()
    assert "status-sidebar-readers" in page
    assert "Setelah tayang, siapa pun dapat melihat" not in page


def test_first_steps_are_for_those_who_may_write(palu, client):
    prepare_shelf(palu)
    client.force_login(someone("reviewer", palu))
    assert "first-steps" not in client.get("/admin/").content.decode()


def test_dashboard_counts_what_the_reviewer_is_asked_to_look_at(draft, palu, client):
    reviewer = someone("reviewer", palu)
    client.force_login(reviewer)
    assert "Tidak ada yang menunggu Anda." in client.get("/admin/").content.decode()
    draft.get_workflow().start(draft, someone("editor", palu))
    home = client.get("/admin/").content.decode()
    assert "Halaman yang perlu ditinjau" in home
    assert 'id="awaiting-review-heading"' in home


@pytest.mark.parametrize(("listing", "told"), [("courses", "Rak Anda belum berisi kursus"), ("lessons", "Belum ada")])
def test_an_empty_list_says_what_to_do(listing, told, palu, client):
    prepare_shelf(palu)
    client.force_login(someone("editor", palu))
    page = client.get(f"/admin/{listing}/").content.decode()
    assert told in page
    assert "1–0" not in page


def test_reviewer_finds_the_approval_on_the_button(draft, palu, client):
    client.force_login(someone("reviewer", palu))
    address = reverse("wagtailadmin_pages:edit", args=[draft.pk])

    def on_the_button():
        footer = client.get(address).content.decode().split("<footer")[1]
        return footer.split("<button")[1].split("</button>")[0]

    assert "Simpan draf" in on_the_button()
    draft.get_workflow().start(draft, someone("editor", palu))
    assert "Setujui dan terbitkan" in on_the_button()
