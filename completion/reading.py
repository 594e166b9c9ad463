"""Reading time that can be trusted a little: the server signs when a page was opened, the device may only say less."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.core import signing
from django.utils import timezone

SALT = "completion.opening"
KEEP = dt.timedelta(days=14)


class BadOpening(ValueError):
    """The token is not ours, is too old, or was made for another person or page."""


@dataclass(frozen=True)
class Opening:
    """One opening of an activity by a person; `id` names it in the evidence, so that its growing sum counts once."""

    id: str
    opened_at: dt.datetime
    revision: int | None


def open_token(*, person_id: int, activity_id: int, revision: int | None) -> str:
    """Sign that a person opened an activity now."""
    opened = int(timezone.now().timestamp())
    return signing.dumps([uuid.uuid4().hex, person_id, activity_id, revision, opened], salt=SALT)


def read_token(token: str, *, person_id: int, activity_id: int) -> Opening:
    """Return the opening that a token was signed for; raise BadOpening for any other."""
    try:
        name, reader, activity, revision, opened = signing.loads(token, salt=SALT, max_age=KEEP)
    except signing.BadSignature as error:
        raise BadOpening from error
    if (reader, activity) != (person_id, activity_id):
        raise BadOpening
    return Opening(name, dt.datetime.fromtimestamp(opened, tz=dt.UTC), revision)


def seconds_read(opening: Opening, told: int | None) -> int:
    """Return reading seconds: what the device measured, never more than passed here; all of that if it is silent."""
    passed = max(int((timezone.now() - opening.opened_at).total_seconds()), 0)
    return passed if told is None else min(max(told, 0), passed)
