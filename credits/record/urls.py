"""Addresses of the learning record."""

from django.urls import path

from . import views

urlpatterns = [
    path("belajar/riwayat/", views.page, name="record"),
    path("belajar/riwayat/unduh.pdf", views.document, name="record_pdf"),
    path("belajar/riwayat/unduh.xlsx", views.table, name="record_xlsx"),
    path("belajar/riwayat/<slug:key>/", views.page, name="record_of"),
    path("belajar/riwayat/<slug:key>/unduh.pdf", views.document, name="record_of_pdf"),
    path("belajar/riwayat/<slug:key>/unduh.xlsx", views.table, name="record_of_xlsx"),
]
