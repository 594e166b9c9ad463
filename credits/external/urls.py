"""Addresses of training done elsewhere."""

from django.urls import path

from . import views

urlpatterns = [
    path("belajar/luar/", views.mine, name="external"),
    path("belajar/luar/baru/", views.choose_kind, name="external_kind"),
    path("belajar/luar/baru/<slug:slug>/", views.report, name="external_new"),
    path("belajar/luar/beritahu/", views.tell_superior, name="external_notice"),
    path("belajar/luar/<uuid:key>/", views.detail, name="external_detail"),
    path("belajar/luar/<uuid:key>/ubah/", views.edit, name="external_edit"),
    path("belajar/luar/<uuid:key>/buang/", views.discard, name="external_discard"),
    path("belajar/luar/<uuid:key>/bukti/", views.evidence, name="external_evidence"),
    path("tim/luar/", views.queue, name="external_queue"),
    path("tim/luar/<uuid:key>/", views.verify, name="external_verify"),
]
