from django.urls import path, re_path

from . import views

app_name = "reports"
urlpatterns = [
    path("", views.team, name="team"),
    path("orang/<slug:key>/", views.person, name="person"),
    path("kursus/<int:course_id>/", views.course, name="course"),
    path("permintaan/", views.requests, name="requests"),
    path("permintaan/<int:request_id>/", views.decide_request, name="decide_request"),
    re_path(r"^unduh\.(?P<kind>csv|xlsx)$", views.export, name="export"),
]
