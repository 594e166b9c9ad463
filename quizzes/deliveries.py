"""From what a browser sends to `services.Delivery`. Junk is refused field by field and never costs an answer."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core import signing
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from questions.kinds import FileLimits, get_kind
from questions.queries import versions_by_id

from .behaviours import CERTAINTIES
from .models import Attempt
from .queries import AskedQuestion, AttemptScreen
from .services import Delivery
from .timing import Evidence

ANSWER = "jawaban"  # the names of the fields of an answer begin with it: jawaban-3, jawaban-3-a
ABOUT_ONE = ("periksa", "tandai", "lepas", "kosongkan", "pakai", "pertahankan", "hapus", "halaman")
MOST_STEPS = 500  # in one parcel: a device that was offline for the whole of a long quiz
MOST_OWN = 50
LONGEST_FIELDS = 1_000_000  # characters of one answer as a form writes it; a longer one is refused, never cut
LARGEST_SEQUENCE = 2**31 - 1
SALT = "quizzes.attempt"


class BadParcel(ValueError):
    """What a script sent cannot be read; the message is for its developer."""


# --- the signed page -------------------------------------------------------------------------------------------------


def make_token(attempt: Attempt) -> str:
    """Return a token that says when this page of an attempt was made; it is evidence for answers that come late."""
    return signing.dumps([attempt.key.hex, timezone.now().timestamp()], salt=SALT)


def _issued_at(token: Any, attempt: Attempt) -> datetime | None:
    try:
        key, moment = signing.loads(str(token)[:500], salt=SALT)
        return datetime.fromtimestamp(moment, tz=timezone.get_default_timezone()) if key == attempt.key.hex else None
    except (signing.BadSignature, ValueError, TypeError, OverflowError):
        return None


def evidence_of(post: Any, attempt: Attempt, *, device_at: datetime | None = None) -> Evidence:
    """Return what a form or parcel says about when it was written: `token`, `device_then` and `device_at`."""
    issued_at = _issued_at(post.get("token"), attempt)
    return Evidence(
        device_at=device_at or moment_of(post.get("device_at")),
        issued_at=issued_at,
        device_then=moment_of(post.get("device_then")),
        signed=issued_at is not None,
    )


# --- fields ----------------------------------------------------------------------------------------------------------


def id_of(value: Any) -> uuid.UUID:
    """Return a client-made id, or a new one where there is none."""
    return _uuid(value) or uuid.uuid4()


def _uuid(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(value.strip())
    except (ValueError, AttributeError):
        return None


def moment_of(value: Any) -> datetime | None:
    """Return a device's time; the time of a clock that is centuries wrong is left out: no database could keep it."""
    try:
        told = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return told if told and told.tzinfo and 2000 <= told.year <= 2999 else None


def _sequence(value: Any) -> int | None:
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= LARGEST_SEQUENCE else None


def _certainty(value: Any) -> int | None:
    given = _sequence(value)
    return given if given in CERTAINTIES else None


def _ids(values: Any) -> frozenset[uuid.UUID]:
    parts = values.split(",") if isinstance(values, str) else values if isinstance(values, list) else []
    return frozenset(one for part in parts[:MOST_OWN] if (one := _uuid(part)))


def read_action(value: str) -> tuple[str, int]:
    """Return what a button asks and the position it is about (0: none): `periksa-3` is ("periksa", 3)."""
    name, _dash, number = value.partition("-")
    if name in ABOUT_ONE and number.isascii() and number.isdigit() and len(number) < 6:
        return name, int(number)
    return ("" if name in ABOUT_ONE else name), 0


# --- a form ----------------------------------------------------------------------------------------------------------


def answer_name(position: int) -> str:
    return f"{ANSWER}-{position}"


def upload_name(asked: AskedQuestion) -> str:
    return f"{answer_name(asked.row.position)}-berkas"


def limits_of(asked: AskedQuestion) -> FileLimits | None:
    return limits_of_version(asked.version)


def limits_of_version(version) -> FileLimits | None:
    """Return which files an answer to a version may hold; None: none."""
    return get_kind(version.kind).file_limits(version.data)


def with_file(post: QueryDict, asked: AskedQuestion, key: uuid.UUID) -> QueryDict:
    """Return a form with one more file in an answer."""
    changed = post.copy()
    changed.appendlist(f"{answer_name(asked.row.position)}-file", str(key))
    return changed


def from_form(
    post: QueryDict, screen: AttemptScreen, attempt: Attempt, *, action: str, position: int
) -> list[Delivery]:
    """Return what the form of a page says, question by question; what it was shown with is no news."""
    sent, evidence = [], evidence_of(post, attempt)
    for asked in screen.questions:
        here = asked.row.position
        if not get_kind(asked.version.kind).is_answered:
            continue
        about_this = position == here
        kind, name = get_kind(asked.version.kind), answer_name(here)
        answer, certainty = kind.parse(asked.version.data, post, name), _certainty(post.get(f"certainty-{here}"))
        client_id, only_changes = id_of(post.get(f"client_id-{here}")), True
        if about_this and action == "kosongkan":
            answer, certainty = None, None
        if about_this and action in ("pakai", "pertahankan") and asked.other is not None:
            chosen = asked.other if action == "pakai" else asked.row
            answer, certainty, only_changes = chosen.answer, chosen.certainty, False
            client_id = uuid.uuid5(client_id, "choice")
        sent.append(
            Delivery(
                position=here,
                answer=answer,
                client_id=client_id,
                certainty=certainty,
                based_on=_sequence(post.get(f"based_on-{here}")),
                own=_ids(post.get(f"own-{here}", "")),
                device_at=moment_of(post.get("device_at")),
                evidence=evidence,
                check=about_this and action == "periksa",
                flagged={"tandai": True, "lepas": False}.get(action) if about_this else None,
                only_changes=only_changes,
            )
        )
    return sent


# --- a parcel --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Parcel:
    """What a script sends at once: answers in their order, the page then reached, and the wish to submit."""

    deliveries: list[Delivery] = field(default_factory=list)
    page: int = 0
    submit: uuid.UUID | None = None
    evidence: Evidence = field(default_factory=Evidence)


def read_parcel(body: bytes, attempt: Attempt) -> Parcel:
    """Read the JSON of a script (docs/quizzes.md). Raises BadParcel; a step that fits no question is left out."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadParcel("no JSON") from error
    if not isinstance(given, dict) or not isinstance(given.get("steps", []), list):
        raise BadParcel("an object with a list of steps is expected")
    steps = [step for step in given.get("steps", []) if isinstance(step, dict)]
    if len(steps) > MOST_STEPS:
        raise BadParcel(f"more than {MOST_STEPS} steps at once")
    if any(_uuid(step.get("id")) is None for step in steps):
        raise BadParcel("a step has no id")
    if any(isinstance(step.get("fields"), str) and len(step["fields"]) > LONGEST_FIELDS for step in steps):
        raise BadParcel(f"an answer of more than {LONGEST_FIELDS} characters")
    rows = dict(attempt.questions.values_list("position", "version_id")) if steps else {}
    versions = versions_by_id(rows.values())
    submit = given.get("submit")
    return Parcel(
        deliveries=[
            _delivery(step, position, versions[rows[position]], given, attempt)
            for step in steps
            if (position := _sequence(step.get("position"))) in rows
        ],
        page=_sequence(given.get("page")) or 0,
        submit=_uuid(submit.get("id")) if isinstance(submit, dict) else None,
        evidence=evidence_of(
            given, attempt, device_at=moment_of(submit.get("device_at")) if isinstance(submit, dict) else None
        ),
    )


def _delivery(step: dict, position: int, version, given: dict, attempt: Attempt) -> Delivery:
    fields = QueryDict(step["fields"] if isinstance(step.get("fields"), str) else "")
    device_at = moment_of(step.get("device_at"))
    flagged = step.get("flagged")
    # A page may have been opened again meanwhile: the token of the page that the answer was written on counts.
    about = step if step.get("token") else given
    return Delivery(
        position=position,
        answer=get_kind(version.kind).parse(version.data, fields, answer_name(position)),
        client_id=id_of(step["id"]),
        certainty=_certainty(step.get("certainty")),
        based_on=_sequence(step.get("based_on")),
        own=_ids(step.get("own")),
        device_at=device_at,
        evidence=evidence_of(about, attempt, device_at=device_at),
        check=step.get("check") is True,
        flagged=flagged if isinstance(flagged, bool) else None,
    )
