"""Tasks in Wagtail's menu, for whom they say something, and the addresses of all staff screens."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

import core.converters  # noqa: F401  knows `id`
from completion.staff.markers import marker_urls

from ..access import may_organise, works_with_tasks
from . import listing, marking
from .forms import MarkerForm
from .guard import screens


class TasksMenuItem(MenuItem):
    def is_shown(self, request):
        return works_with_tasks(request.user)


class TasksOfStaff(ViewSet):
    name = "submissions_staff"
    url_prefix = "tugas"
    icon = "edit"
    menu_label = _("Tasks")
    menu_order = 256
    add_to_admin_menu = True
    menu_item_class = TasksMenuItem

    def get_urlpatterns(self):
        return [
            path("", listing.index, name="index"),
            path("<id:page_id>/", screens.first_tab, name="task"),
            path("<id:page_id>/penilaian/", marking.to_mark, name="to_mark"),
            path("<id:page_id>/penilaian/<slug:code>/", marking.mark, name="mark"),
            path("<id:page_id>/penilaian/<slug:code>/<id:version>/<id:number>/", marking.download, name="mark_file"),
            path("<id:page_id>/kiriman/", listing.work, name="work"),
            path("<id:page_id>/kiriman/<uuid:key>/", listing.record, name="record"),
            path("<id:page_id>/kiriman/berkas/<uuid:key>/", listing.download, name="record_file"),
            *marker_urls(screens, may=may_organise, form_class=MarkerForm),
        ]
