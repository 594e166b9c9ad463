"""Addresses below /belajar/."""

from django.urls import path

from . import views

app_name = "completion"

urlpatterns = [
    path("", views.learning, name="learning"),
    path("ikut/<int:course_id>/", views.enrol, name="enrol"),
    path("tinggalkan/<int:enrolment_id>/", views.leave, name="leave"),
    path("baca/<int:activity_id>/", views.finish, name="finish"),
    path("mengapa/<int:enrolment_id>/<int:activity_id>/", views.why, name="why"),
]
