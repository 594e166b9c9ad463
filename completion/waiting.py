"""What waits for a person in the admin: requests to let in, courses to sign off, work to mark."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.waiting import Waiting
from people.permissions import in_care

from .marking import waiting_work
from .models import EnrolmentRequest
from .queries import awaiting_sign_off


def waiting(user) -> Iterator[Waiting]:
    open_requests = in_care(user, EnrolmentRequest).filter(decision=EnrolmentRequest.Decision.WAITING)
    requests = reverse("enrolment_requests:index")
    yield Waiting(_("Enrolment requests"), open_requests.count(), f"{requests}?decision=waiting")
    yield Waiting(_("Courses to sign off"), awaiting_sign_off(user).count(), reverse("signatures:add"))
    for work in waiting_work(user):
        yield Waiting(_("To mark: %(title)s") % {"title": work.title}, work.count, work.url)
