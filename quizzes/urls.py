"""Addresses under `/kuis/`; the quiz page itself is a Wagtail page in the catalogue."""

from django.urls import path

import core.converters  # noqa: F401  knows `id`

from . import views

app_name = "quizzes"

urlpatterns = [
    path("<id:page_id>/mulai/", views.start, name="start"),
    path("<id:page_id>/coba/", views.trial, name="trial"),
    path("<uuid:key>/ringkasan/", views.overview, name="overview"),
    path("<uuid:key>/kirim/", views.submit, name="submit"),
    path("<uuid:key>/hasil/", views.result, name="result"),
    path("<uuid:key>/simpan/", views.save, name="save"),
    path("<uuid:key>/keadaan/", views.state, name="state"),
    path("<uuid:key>/berkas/<uuid:file>/", views.download, name="download"),
    path("<uuid:key>/<id:page>/", views.question, name="question"),
    path("<uuid:key>/<id:position>/unggah/", views.upload, name="upload"),
]
