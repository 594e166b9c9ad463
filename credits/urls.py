"""Addresses of this app."""

from django.urls import path

from . import views
from .external.urls import urlpatterns as external_urls
from .record.urls import urlpatterns as record_urls

app_name = "credits"

urlpatterns = [path("belajar/jp/", views.my_jp, name="jp"), *external_urls, *record_urls]
