"""Files that learners put into answers."""

import hashlib
from pathlib import PurePath

from django.core.files.base import File
from django.utils.translation import gettext as _

from questions.kinds import FileLimits

from ..models import AnswerFile, AttemptQuestion

MOST_FILES = 100  # of one question of one attempt, those taken out of the answer again included
ALWAYS_REFUSED = {
    "exe",
    "com",
    "bat",
    "cmd",
    "scr",
    "js",
    "vbs",
    "msi",
    "apk",
    "jar",
    "sh",
    "html",
    "htm",
    "svg",
    "xhtml",
}


class FileRefused(Exception):
    """The file cannot be part of the answer; the message says why and what to do."""


def keep_answer_file(*, question: AttemptQuestion, upload: File, limits: FileLimits) -> AnswerFile:
    """Keep a file for a question of an open attempt; the same file again is the same row. Raises FileRefused."""
    name = " ".join(PurePath(str(upload.name).replace("\\", "/")).name.split())[-200:] or "file"
    extension = PurePath(name).suffix.lower().lstrip(".")
    if extension in ALWAYS_REFUSED or (limits.types and extension not in limits.types):
        allowed = ", ".join(limits.types) or _("documents, pictures and tables")
        raise FileRefused(_("“%(name)s” cannot be handed in. Allowed: %(types)s.") % {"name": name, "types": allowed})
    if not upload.size:
        raise FileRefused(_("“%(name)s” is empty. Choose the file again.") % {"name": name})
    if upload.size > limits.size:
        megabytes = round(limits.size / 1_000_000, 1)
        raise FileRefused(
            _("“%(name)s” is too large; at most %(size)s MB. Take a smaller picture, or save it as PDF.")
            % {"name": name, "size": megabytes}
        )
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    known = question.files.filter(sha256=digest.hexdigest(), name=name).first()
    if known:
        return known
    if question.files.count() >= MOST_FILES:
        raise FileRefused(_("This question holds too many files already. Use one that is there."))
    kept = AnswerFile(question=question, name=name, size=upload.size, sha256=digest.hexdigest())
    upload.seek(0)
    kept.file.save(name, upload, save=False)
    kept.save()
    return kept
