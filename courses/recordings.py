"""The recordings that a page plays: which ones and how long."""

from wagtail.models import Page

from library.models import Recording

from .files import files_on


def recordings_on(page: Page) -> list[Recording]:
    """Return the recordings that a page object names anywhere in its blocks; one query, none without any."""
    keys = {int(key) for model, key in files_on(page) if model is Recording}
    return list(Recording.objects.filter(pk__in=keys).order_by("pk")) if keys else []


def length_of(recording: Recording) -> int:
    """Return how many whole seconds a recording lasts; 0 where the library does not know it."""
    return int(recording.duration or 0)
