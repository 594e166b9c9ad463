"""Handing in: the draft becomes evidence."""

import hashlib
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from completion import services as completion
from completion.models import ActivityEvent, Enrolment
from core.templatetags.core_tags import as_moment

from ..models import Submission, SubmissionPage
from ..queries import terms_for
from ..rules import missing_in, was_asked_again
from .drafting import latest_version, lock, open_draft, require_writable
from .refusals import SubmissionRefused

State = Submission.State


@transaction.atomic
def hand_in(*, enrolment: Enrolment, page: SubmissionPage, number: int, revision: int) -> Submission:
    """Hand in the draft as the page showed it; sent twice is once. Raise SubmissionRefused with the words why not.

    `number` and `revision` are those the page knew: nobody hands in words of another tab unseen.
    """
    locked = lock(enrolment)
    last = latest_version(locked, page)
    if last is not None and last.number == number and last.state in (State.HANDED_IN, State.MARKED, State.RETURNED):
        return last  # the button was pressed twice
    if locked.state == Enrolment.State.LEFT:
        raise SubmissionRefused("left", _("You have left this course. Enrol again to hand in; your draft is kept."))
    require_writable(locked, page, last, begins=True)
    draft = open_draft(locked, page)
    if (draft.number, draft.revision) != (number, revision) or draft.kept_drafts.filter(closed_at=None).exists():
        raise SubmissionRefused(
            "two_versions", _("You wrote in another tab or on another device too. Choose which words count first.")
        )
    now = timezone.now()
    terms = terms_for(page, locked)
    if terms.is_closed(now) and not was_asked_again(last):
        told = _("This work was taken until %(moment)s. Your draft is kept; ask your training organiser for more time.")
        raise SubmissionRefused("closed", told % {"moment": as_moment(terms.closes_at)})
    files = list(draft.files.all())
    _require_whole(page, draft, len(files))
    if last is not None and last.state == State.HANDED_IN:
        last.state = State.REPLACED
        last.save(update_fields=["state"])
    draft.state, draft.handed_in_at, draft.due_at = State.HANDED_IN, now, terms.due_at
    # Who was asked again is as late as the version before.
    draft.is_late = last.is_late if last is not None and was_asked_again(last) else terms.is_late(now)
    draft.rules = page.rules_of_marking()
    draft.digest = digest_of(draft.text, [file.sha256 for file in files])
    draft.save()
    completion.record(
        enrolment=enrolment,
        activity_id=page.pk,
        kind=ActivityEvent.Kind.SUBMITTED,
        data={"work": str(draft.key), "number": draft.number, "late": draft.is_late, "sha256": draft.digest},
        client_id=uuid.uuid5(draft.key, "submitted"),
        revision=page.live_revision_id,
    )
    return draft


def digest_of(text: str, files: list[str]) -> str:
    """Return what proves a version: the SHA-256 of its words, then of each file's SHA-256 in their order."""
    return hashlib.sha256("\n".join([hashlib.sha256(text.encode()).hexdigest(), *files]).encode()).hexdigest()


def _require_whole(page: SubmissionPage, draft: Submission, files: int) -> None:
    missing = missing_in(page, words=len(draft.text.split()), files=files)
    if missing:
        raise SubmissionRefused("missing", " ".join(missing_words(*one) for one in missing))


def missing_words(code: str, there: int, asked: int) -> str:
    """Say what is still missing; the draft is kept."""
    if code == "text":
        return _("Write your text first; your draft is kept.")
    if code == "few_words":
        told = _("Your text has %(there)s words; at least %(asked)s are asked for. Your draft is kept.")
    elif code == "many_words":
        told = _("Your text has %(there)s words; at most %(asked)s are asked for. Shorten it; your draft is kept.")
    elif code == "few_files":
        told = ngettext(
            "Add photos or files: there are %(there)s, and %(asked)s is asked for.",
            "Add photos or files: there are %(there)s, and %(asked)s are asked for.",
            asked,
        )
    else:
        return _("There is nothing to hand in yet: write something, or add a photo or file.")
    return told % {"there": there, "asked": asked}
