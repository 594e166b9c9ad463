"""Addresses below /belajar/."""

from django.urls import path

import core.converters  # noqa: F401  knows `id`

from . import views

app_name = "completion"

urlpatterns = [
    path("", views.learning, name="learning"),
    path("ikut/<id:course_id>/", views.enrol, name="enrol"),
    path("permintaan/<id:request_id>/batal/", views.take_back, name="take_back"),
    path("tinggalkan/<id:enrolment_id>/", views.leave, name="leave"),
    path("lintasan/<id:path_id>/ikut/", views.enrol_in_path, name="enrol_in_path"),
    path("lintasan/<id:enrolment_id>/tinggalkan/", views.leave_path, name="leave_path"),
    path("baca/<id:activity_id>/", views.finish, name="finish"),
    path("tonton/<id:activity_id>/", views.watch, name="watch"),
    path("mengapa/<id:enrolment_id>/", views.why_course, name="why_course"),
    path("mengapa/<id:enrolment_id>/<id:activity_id>/", views.why, name="why"),
]
