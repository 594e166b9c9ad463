"""Registrations with Wagtail only: the door to pages, the guards of learners' history, the editors' screens."""

from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.userbar import ContentCheckerItem
from wagtail.admin.views.home import RecentEditsPanel
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet

from . import change_asking, protection, taking_over
from . import editorial_views as views
from .access import check_access_before_serving
from .choosing import keep_to_what_may_be_seen
from .editorial_panels import FailingChecksPanel, FirstStepsPanel, MyDraftsPanel, WaitingPanel
from .files import check_attachment
from .models import CoursePage, LessonPage

# What an editor of lessons has no use for, and what nobody has: Wagtail's help is in English, on somebody else's site.
NOT_FOR_EDITORS = {"forms", "redirects"}
FOR_NOBODY = {"help"}

hooks.register("before_serve_page", check_access_before_serving)
hooks.register("before_serve_document", check_attachment)
hooks.register("construct_page_chooser_queryset", keep_to_what_may_be_seen)
hooks.register("before_delete_page", protection.keep_pages_with_history)
hooks.register("before_move_page", protection.keep_history_in_its_course)
hooks.register("after_edit_page", views.warn_about_course_rule)
hooks.register("before_bulk_action", protection.keep_history_in_bulk)
# After `protection` has said whether the step may be at all.
hooks.register("before_unpublish_page", change_asking.ask_before_unpublishing)
hooks.register("before_copy_page", change_asking.ask_before_copying)
hooks.register("before_move_page", change_asking.ask_before_moving, order=10)
hooks.register("before_bulk_action", change_asking.ask_before_bulk_action, order=10)


class LessonIndex(IndexView):
    results_template_name = "courses/admin/listing_results.html"
    when_empty = _("There are no lessons yet. They are made in a module of a course.")


class CourseIndex(IndexView):
    results_template_name = "courses/admin/listing_results.html"
    when_empty = _(
        "Your shelf has no courses yet. Make one, or copy a shared one to it (“Shared courses” in the menu)."
    )


class LessonListing(PageListingViewSet):
    model = LessonPage
    index_view_class = LessonIndex
    name = "lessons"
    icon = "doc-full"
    menu_label = _("Lessons")
    menu_order = 120
    add_to_admin_menu = True


class CourseListing(PageListingViewSet):
    model = CoursePage
    index_view_class = CourseIndex
    name = "courses"
    icon = "folder-open-inverse"
    menu_label = _("Courses")
    menu_order = 110
    add_to_admin_menu = True


class LessonCheckerItem(ContentCheckerItem):
    """Wagtail's checks in the page, and those that matter to learners who cannot see or hear, in our words."""

    axe_run_only = [
        *ContentCheckerItem.axe_run_only,
        "image-alt",
        "video-caption",
        "link-in-text-block",
        "table-fake-caption",
        "empty-table-header",
    ]
    axe_messages = {
        **ContentCheckerItem.axe_messages,
        "image-alt": {
            "error_name": _("A picture has no description"),
            "help_text": _("Say what the picture shows, for those who cannot see it."),
        },
        "video-caption": {
            "error_name": _("A film has no captions"),
            "help_text": _("Add a captions file (.vtt) to the recording in the library."),
        },
        "link-in-text-block": {
            "error_name": _("A link does not stand out"),
            "help_text": _("A link needs more than its colour to be seen."),
        },
    }


@hooks.register("construct_wagtail_userbar")
def use_our_checks(request, items, page):
    for number, item in enumerate(items):
        if isinstance(item, ContentCheckerItem):
            items[number] = LessonCheckerItem(in_editor=item.in_editor)


@hooks.register("register_admin_viewset")
def register_listings():
    return [CourseListing(), LessonListing()]


@hooks.register("register_admin_urls")
def register_urls():
    return [
        path("petunjuk/", views.hints, name="editor_hints"),
        path("kursus-bersama/", taking_over.listing, name="shared_courses"),
        path("kursus-bersama/salin/", taking_over.take_over, name="take_over_course"),
        path("blok-pelajaran/", views.blocks, name="lesson_blocks"),
        path("blok-pelajaran/<slug:name>/", views.block, name="lesson_block"),
        path("perlu-dibenahi/", views.content_checks, name="content_checks"),
    ]


class SharedCoursesItem(MenuItem):
    def is_shown(self, request):
        return taking_over.shelves_of(request.user).exists()


@hooks.register("register_admin_menu_item")
def register_shared_courses_item():
    return SharedCoursesItem(
        _("Shared courses"), reverse("shared_courses"), name="shared-courses", icon_name="copy", order=115
    )


@hooks.register("register_admin_menu_item")
def register_blocks_item():
    return MenuItem(_("Lesson blocks"), reverse("lesson_blocks"), name="lesson-blocks", icon_name="grip", order=8000)


@hooks.register("register_admin_menu_item")
def register_hints_item():
    return MenuItem(_("Hints"), reverse("editor_hints"), name="hints", icon_name="help", order=8100)


@hooks.register("register_reports_menu_item")
def register_checks_item():
    return MenuItem(
        _("Lessons to mend"), reverse("content_checks"), name="content-checks", icon_name="warning", order=90
    )


@hooks.register("construct_reports_menu")
def hide_what_is_closed(request, menu_items):
    menu_items[:] = [item for item in menu_items if item.name != "page-types-usage"]  # see `elearning.urls`


@hooks.register("construct_main_menu")
def hide_what_is_of_no_use(request, menu_items):
    hidden = FOR_NOBODY if request.user.is_superuser else FOR_NOBODY | NOT_FOR_EDITORS
    menu_items[:] = [item for item in menu_items if item.name not in hidden]


@hooks.register("construct_page_action_menu")
def put_the_review_first(menu_items, request, context):
    """Whoever opens a page to review it finds the approval on the button, not behind it."""
    menu_items.sort(key=lambda item: item.name != "approve")


@hooks.register("construct_homepage_panels")
def choose_panels(request, panels):
    # "My drafts" says what "your most recent edits" says, and what is left to do besides.
    panels[:] = [panel for panel in panels if not isinstance(panel, RecentEditsPanel)]
    panels += [WaitingPanel(), FirstStepsPanel(), MyDraftsPanel(), FailingChecksPanel()]


@hooks.register("insert_global_admin_css")
def our_look():
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("insert_global_admin_js")
def tables_for_phones():
    return format_html('<script type="module" src="{}"></script>', static("js/admin-tables.js"))


@hooks.register("insert_editor_js")
def saving_waits_for_autosave():
    return format_html('<script type="module" src="{}"></script>', static("js/editor-save.js"))
