"""Drafts: words and files that are the learner's alone, and that no other tab or device writes over."""

import hashlib
import uuid
from dataclasses import dataclass

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from completion.models import Enrolment
from completion.queries import last_redo_at

from ..models import KeptDraft, Submission, SubmissionFile, SubmissionPage
from ..rules import why_not_write
from ..uploads import BadUpload, endings, read_upload
from .refusals import FileRefused, SubmissionRefused

State = Submission.State


@dataclass(frozen=True)
class Saved:
    """What became of words: "saved" (or nothing was new), or "kept" beside newer ones of another tab."""

    status: str
    draft: Submission


def lock(enrolment: Enrolment) -> Enrolment:
    """Take the enrolment's turn; call it in a transaction."""
    return Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)


def latest_version(enrolment: Enrolment, page: SubmissionPage) -> Submission | None:
    """Return the newest version that was handed in."""
    versions = Submission.objects.filter(enrolment=enrolment, page=page).exclude(state=State.DRAFT)
    return versions.order_by("-number").first()


def open_draft(enrolment: Enrolment, page: SubmissionPage, *, begins: bool = False) -> Submission:
    """Return the draft, or make the next version's: it begins with what was handed in last. Raise SubmissionRefused.

    What waits for its mark gets a new version only from somebody who `begins` one: never from a second click or an old
    tab. Call it with the enrolment locked.
    """
    draft = draft_of(enrolment, page)
    if draft:
        return draft
    last = latest_version(enrolment, page)
    require_writable(enrolment, page, last, begins=begins)
    draft = Submission.objects.create(
        page=page, enrolment=enrolment, person_id=enrolment.person_id, number=last.number + 1 if last else 1,
        text=last.text if last else "",
    )  # fmt: skip
    for file in last.files.all() if last else ():
        file.pk, file.key, file.submission, file._state.adding = None, uuid.uuid4(), draft, True
        file.save()
    return draft


def draft_of(enrolment: Enrolment, page: SubmissionPage) -> Submission | None:
    """Return what is being written, if anything is."""
    return Submission.objects.filter(enrolment=enrolment, page=page, state=State.DRAFT).first()


def require_writable(enrolment: Enrolment, page: SubmissionPage, last: Submission | None, *, begins: bool) -> None:
    """Raise SubmissionRefused where no version can be written after the last one."""
    refusal = why_not_write(last, resubmission=page.resubmission, begins=begins)
    if refusal:  # a query more only where it can change the answer
        redo_at = last_redo_at(enrolment, page.pk)
        refusal = why_not_write(last, resubmission=page.resubmission, redo_at=redo_at, begins=begins)
    if refusal:
        raise SubmissionRefused(refusal, refusal_words(refusal))


def refusal_words(code: str) -> str:
    """Say why no version can be written now."""
    if code == "waiting":
        return _("Your work waits for its mark. A new version is possible when a marker returns it.")
    if code == "handed_in":
        return _("This version is handed in. Begin a new version to change it.")
    return _("Your work has its mark, so it can no longer be changed.")


@transaction.atomic
def save_draft(
    *, enrolment: Enrolment, page: SubmissionPage, number: int, based_on: int, text: str, tab: uuid.UUID
) -> Saved:
    """Save the words of a draft. `number` and `based_on` say which version and revision the page knew.

    Words of a page that did not know the newest ones, or that come when the version is handed in, are set aside, one
    row a tab, until the learner chooses: nothing is written over and nothing is lost.
    """
    locked = lock(enrolment)
    try:
        draft = open_draft(locked, page)
    except SubmissionRefused:
        last = latest_version(locked, page)
        if last is None:
            raise
        return Saved("saved", last) if text == last.text else _set_aside(last, tab, text)
    if text == draft.text:
        return Saved("saved", draft)
    if number != draft.number or based_on != draft.revision:
        return _set_aside(draft, tab, text)
    _write(draft, text)
    return Saved("saved", draft)


def _set_aside(version: Submission, tab: uuid.UUID, text: str) -> Saved:
    if text.strip():
        KeptDraft.objects.update_or_create(
            submission=version, tab=tab, defaults={"text": text, "kept_at": timezone.now(), "closed_at": None}
        )
    return Saved("kept", version)


def _write(draft: Submission, text: str) -> None:
    draft.text, draft.revision, draft.saved_at = text, draft.revision + 1, timezone.now()
    draft.save(update_fields=["text", "revision", "saved_at"])


@transaction.atomic
def choose_draft(*, enrolment: Enrolment, page: SubmissionPage, kept_id: int, use: bool) -> None:
    """Settle words of another tab: use them in the place of the draft's, which are then kept in their row, or leave
    them. Raise SubmissionRefused where words cannot be used: no version can be written."""
    locked = lock(enrolment)
    mine = KeptDraft.objects.filter(submission__enrolment=locked, submission__page=page)
    kept = mine.filter(pk=kept_id, closed_at__isnull=True).first()
    if kept is None:
        return
    if use:
        draft = open_draft(locked, page)
        before, after = draft.text, kept.text
        _write(draft, after)
        kept.text = before
    kept.closed_at = timezone.now()
    kept.save(update_fields=["text", "closed_at"])


@transaction.atomic
def begin_version(*, enrolment: Enrolment, page: SubmissionPage) -> Submission:
    """Begin a new version with what was handed in last; what was handed in stays in force meanwhile."""
    return open_draft(lock(enrolment), page, begins=True)


# --- files -----------------------------------------------------------------------------------------------------------


def add_file(*, enrolment: Enrolment, page: SubmissionPage, upload: File) -> SubmissionFile:
    """Keep a file with the draft; the same file again is the same row. Raise FileRefused or SubmissionRefused.

    Pictures are drawn anew, so that nobody learns from them where and when they were taken.
    """
    name = str(upload.name)
    if not page.files_max:
        raise FileRefused(_("This task takes no files."))
    if upload.size > page.file_megabytes * 1_000_000:
        raise FileRefused(
            _("“%(name)s” is too large; at most %(size)s MB. Take a smaller picture, or save it as PDF.")
            % {"name": name, "size": page.file_megabytes}
        )
    try:
        read = read_upload(name, upload.read(), page.file_kinds)
    except BadUpload as bad:
        raise FileRefused(_bad_words(bad.code, name, page)) from bad
    return _keep(enrolment, page, read)


@transaction.atomic
def _keep(enrolment: Enrolment, page: SubmissionPage, read) -> SubmissionFile:
    draft = open_draft(lock(enrolment), page)
    digest = hashlib.sha256(read.content).hexdigest()
    if known := draft.files.filter(sha256=digest, name=read.name).first():
        return known
    if draft.files.count() >= page.files_max:
        raise FileRefused(
            _("There are %(number)s files already, and no more can be handed in. Remove one first.")
            % {"number": page.files_max}
        )
    kept = SubmissionFile(
        submission=draft, name=read.name, size=len(read.content), sha256=digest, is_picture=read.is_picture
    )
    kept.file.save(read.name, ContentFile(read.content), save=False)
    kept.save()
    return kept


def _bad_words(code: str, name: str, page: SubmissionPage) -> str:
    if code == "type":
        types = ", ".join(ending.upper() for ending in endings(page.file_kinds))
        return _("“%(name)s” cannot be handed in. Allowed: %(types)s.") % {"name": name, "types": types}
    if code == "empty":
        return _("“%(name)s” is empty. Choose the file again.") % {"name": name}
    if code == "pixels":
        return _("“%(name)s” has too many pixels. Take the photo with a lower resolution.") % {"name": name}
    if code == "picture":
        return _("“%(name)s” cannot be read as a picture. Save it as JPG and choose it again.") % {"name": name}
    return _("“%(name)s” is not what its name says. Save it anew in its own program and choose it again.") % {
        "name": name
    }


@transaction.atomic
def remove_file(*, enrolment: Enrolment, page: SubmissionPage, key: uuid.UUID) -> None:
    """Take a file out of the draft. What no version holds any more is deleted: it may have been the wrong photo.

    The page of a new version may still name the file as the version before has it.
    """
    named = SubmissionFile.objects.filter(submission__enrolment=enrolment, submission__page=page, key=key).first()
    draft = open_draft(lock(enrolment), page)
    file = draft.files.filter(sha256=named.sha256, name=named.name).first() if named else None
    if file is None:
        return
    stored = str(file.file.name)
    file.delete()
    if not SubmissionFile.objects.filter(file=stored).exists():
        transaction.on_commit(lambda: default_storage.delete(stored))
