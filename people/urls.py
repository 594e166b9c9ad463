"""Addresses of the door and the account; what allauth adds stands under /akun/ too."""

from allauth.account import views as allauth_views
from django.urls import include, path

from . import views

account_patterns = (
    [
        path("", views.account, name="account"),
        path("bahasa/", views.switch_language, name="language"),
    ],
    "people",
)

urlpatterns = [
    path("akun/", include(account_patterns)),
    path("masuk/", views.sign_in, name="account_login"),
    path("keluar/", allauth_views.logout, name="account_logout"),
]
