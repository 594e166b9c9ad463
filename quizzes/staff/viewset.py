"""Quizzes in Wagtail's menu, for whom they say something, and the addresses of all staff screens."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

import core.converters  # noqa: F401  knows `id`
from completion.staff.markers import marker_urls

from ..access import may_organise, works_with_quizzes
from . import attempts, figures, late, marking, overrides, quizzes, regrading
from .forms import MarkerForm
from .guard import screens


class QuizzesMenuItem(MenuItem):
    def is_shown(self, request):
        return works_with_quizzes(request.user)


class QuizzesOfStaff(ViewSet):
    name = "quizzes_staff"
    url_prefix = "kuis"
    icon = "form"
    menu_label = _("Quizzes")
    menu_order = 255
    add_to_admin_menu = True
    menu_item_class = QuizzesMenuItem

    def get_urlpatterns(self):
        return [
            path("", quizzes.index, name="index"),
            path("<id:page_id>/", screens.first_tab, name="quiz"),
            path("<id:page_id>/percobaan/", attempts.listing, name="attempts"),
            path("<id:page_id>/percobaan/<uuid:key>/", attempts.attempt, name="attempt"),
            path("<id:page_id>/percobaan/<uuid:key>/berkas/<uuid:file>/", attempts.download, name="attempt_file"),
            path("<id:page_id>/percobaan/<uuid:key>/<id:position>/nilai/", marking.change, name="change_mark"),
            path("<id:page_id>/penilaian/", marking.queues, name="to_mark"),
            path("<id:page_id>/penilaian/<id:question>/", marking.begin, name="begin_marking"),
            path("<id:page_id>/penilaian/<id:question>/<slug:code>/", marking.mark, name="mark"),
            path("<id:page_id>/penilaian/<id:question>/<slug:code>/<id:number>/", marking.download, name="mark_file"),
            path("<id:page_id>/terlambat/", late.listing, name="late"),
            path("<id:page_id>/pengecualian/", overrides.listing, name="overrides"),
            path("<id:page_id>/pengecualian/<id:override>/akhiri/", overrides.end, name="end_override"),
            *marker_urls(screens, may=may_organise, form_class=MarkerForm),
            *regrading.urlpatterns,
            *figures.urlpatterns,
        ]
