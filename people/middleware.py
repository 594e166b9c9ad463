"""Each request in the person's own language and time zone; pages made for a person are kept by nobody else."""

import zoneinfo

from django.conf import settings
from django.utils import timezone, translation


class PersonLocaleMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            language, zone = request.user.language, request.user.time_zone
        else:
            language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
            zone = settings.TIME_ZONE
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class PersonalPagesMiddleware:
    """Pages of who is signed in belong to that browser alone, and are asked for anew; a view may be stricter.

    Only the answer knows: a sign-in makes a person of a visitor on the way.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
