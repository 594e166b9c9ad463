"""Addresses below /belajar/."""

from django.urls import path

import core.converters  # noqa: F401  knows `id`

from . import views

app_name = "completion"

urlpatterns = [
    path("", views.learning, name="learning"),
    path("ikut/<id:course_id>/", views.enrol, name="enrol"),
    path("tinggalkan/<id:enrolment_id>/", views.leave, name="leave"),
    path("baca/<id:activity_id>/", views.finish, name="finish"),
    path("mengapa/<id:enrolment_id>/<id:activity_id>/", views.why, name="why"),
]
