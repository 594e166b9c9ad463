"""The site's addresses and one more: the least that a signed-in page of Django can be, to measure ours by."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import path

from elearning.urls import urlpatterns as site


@login_required
def bare(request):
    return HttpResponse(f"<!doctype html><title>Bare</title><p>{request.user.pk}</p>")


urlpatterns = [path("bench/bare/", bare), *site]
