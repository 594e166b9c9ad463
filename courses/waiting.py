"""What waits for a person in the admin: pages to review. They are listed further down on the same dashboard."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from wagtail.models import TaskState

from core.waiting import Waiting


def waiting(user) -> Iterator[Waiting]:
    yield Waiting(_("Pages to review"), TaskState.objects.reviewable_by(user).count(), "#awaiting-review-heading")
