"""Addresses below /sertifikat/ (public) and /belajar/sertifikat/ (the learner's own)."""

from django.urls import path, re_path

from . import views

app_name = "certificates"

CODE = "sertifikat/(?P<code>[0-9A-Za-z-]{10,12})"

urlpatterns = [
    path("belajar/sertifikat/", views.mine, name="mine"),
    re_path(rf"^belajar/{CODE}/unduh\.pdf$", views.download, name="download"),
    path("sertifikat/", views.check, name="check"),
    path("sertifikat/kunci.json", views.keys, name="keys"),
    path("sertifikat/kunci/<slug:kid>.json", views.key, name="key"),
    path("sertifikat/penerbit/", views.issuer, name="platform"),
    path("sertifikat/penerbit/<slug:slug>/", views.issuer, name="issuer"),
    re_path(rf"^{CODE}/$", views.certificate, name="certificate"),
    re_path(rf"^{CODE}\.json$", views.certificate_json, name="json"),
    re_path(rf"^{CODE}/lencana\.jwt$", views.badge, name="badge"),
    re_path(rf"^{CODE}/lencana\.svg$", views.badge_picture, name="badge_picture"),
    re_path(rf"^{CODE}/keadaan\.json$", views.status, name="status"),
]
