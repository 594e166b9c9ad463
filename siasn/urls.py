"""Addresses of this app: its screens are in the admin, under /admin/siasn/."""

app_name = "siasn"

urlpatterns: list = []
