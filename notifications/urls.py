"""Addresses of this app: the inbox at /pesan/, choices at /akun/pemberitahuan/."""

from django.urls import path

import core.converters  # noqa: F401  knows `id`

from . import views

app_name = "notifications"

urlpatterns = [
    path("pesan/", views.inbox, name="inbox"),
    path("pesan/dibaca/", views.read_all, name="read_all"),
    path("pesan/<id:notice_id>/", views.notice, name="notice"),
    path("pesan/<id:notice_id>/buka/", views.open_notice, name="open"),
    path("pesan/berhenti/<str:token>/", views.stop, name="stop"),
    path("akun/pemberitahuan/", views.preferences, name="preferences"),
]
