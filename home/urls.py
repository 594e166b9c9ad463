from django.urls import path

from . import views

urlpatterns = [
    path("cari/", views.search, name="search"),
    path("pekerja.js", views.service_worker, name="service_worker"),
]
