"""Addresses of this app; the page of a task itself is a Wagtail page in the catalogue."""

from django.urls import path

import core.converters  # noqa: F401  knows `id`

from . import views

app_name = "submissions"

urlpatterns = [
    path("tugas/<id:page_id>/", views.work, name="work"),
    path("tugas/<id:page_id>/unggah/", views.upload, name="upload"),
    path("tugas/berkas/<uuid:key>/", views.download, name="download"),
]
