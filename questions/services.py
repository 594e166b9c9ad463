"""Writing to the bank. Versions are only ever added; equal data adds none."""

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext as _

from people.models import Agency

from .files import FOLDER as FILES_ADDRESS
from .kinds import get_kind
from .models import Category, Question, QuestionVersion
from .queries import categories_below

FOLDER = FILES_ADDRESS.removeprefix(settings.MEDIA_URL).strip("/")


class InvalidQuestion(ValueError):
    """The data cannot be asked; `problems` says why, in the language of the moment."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__(" ".join(problems))


class InvalidCategory(ValueError):
    """The category cannot be made, moved or deleted; the message says why."""


# --- categories ------------------------------------------------------------------------------------------------------


def split_path(path: str) -> list[str]:
    """Split `Etika/Gratifikasi` into names; `//` is a slash inside a name, as in Moodle's files."""
    parts = path.replace("//", "\0").split("/")
    return [name for part in parts if (name := " ".join(part.replace("\0", "/").split()))]


@transaction.atomic
def category_at(*, path: str, agency: Agency | None = None, below: Category | None = None) -> Category:
    """Return the category at a path like `Etika/Gratifikasi` of an agency (None: shared), making what is missing.

    `below` starts the path inside an existing category, whose agency then counts. Raises InvalidCategory for an
    empty path.
    """
    category, owner = below, below.agency if below else agency
    for name in split_path(path):
        category, _made = Category.objects.get_or_create(
            agency=owner, parent=category, name=name[:150],
            defaults={"is_shared": category is not None and category.is_shared},
        )  # fmt: skip
    if category is None:
        raise InvalidCategory(_("The name of the category is empty."))
    return category


@transaction.atomic
def move_category(*, category: Category, name: str, parent: Category | None) -> Category:
    """Rename a category and put it elsewhere in the same agency's tree; raises InvalidCategory."""
    above = parent
    while above is not None:
        if above.pk == category.pk:
            raise InvalidCategory(_("A category cannot be part of itself."))
        above = above.parent
    if parent is not None and parent.agency_id != category.agency_id:
        raise InvalidCategory(_("A category stays in its agency."))
    twins = Category.objects.filter(agency=category.agency_id, parent=parent, name=name).exclude(pk=category.pk)
    if twins.exists():
        raise InvalidCategory(_("There is already a category with this name."))
    category.name, category.parent = name, parent
    category.save(update_fields=["name", "parent"])
    if parent is not None and parent.is_shared:
        share_category(category=category, is_shared=True)
    return category


@transaction.atomic
def share_category(*, category: Category, is_shared: bool) -> Category:
    """Let all agencies read and ask an agency's category with those in it, or end that; quizzes keep what they have.

    A category in a shared one is shared; one without an agency is everybody's anyway. Raises InvalidCategory for
    ending it below a shared one.
    """
    if not is_shared and category.parent is not None and category.parent.is_shared:
        raise InvalidCategory(_("It is part of a shared category. End the sharing there, or move it."))
    if category.agency_id is None or category.is_shared == is_shared:
        return category
    Category.objects.filter(pk__in=categories_below(category)).update(is_shared=is_shared)
    category.is_shared = is_shared
    return category


@transaction.atomic
def delete_category(*, category: Category) -> None:
    """Delete an empty category; raises InvalidCategory where questions, categories or quizzes hold on to it."""
    try:
        category.delete()
    except ProtectedError:
        raise InvalidCategory(_("The category is not empty, or a quiz draws from it.")) from None


# --- questions -------------------------------------------------------------------------------------------------------


def _checked(kind_name: str, data) -> dict:
    kind = get_kind(kind_name)
    cleaned = kind.clean(data)
    if problems := kind.problems(cleaned):
        raise InvalidQuestion(problems)
    return cleaned


@transaction.atomic
def create_question(
    *, category: Category, kind: str, name: str, data: dict, tags: Iterable[str] = (), idnumber: str = "",
    state: str = Question.State.READY, default_mark: Decimal = Decimal(1), by=None,
) -> Question:  # fmt: skip
    """Make a question with its first version. Raises InvalidQuestion, UnknownKind."""
    data = _checked(kind, data)
    question = Question.objects.create(
        category=category, kind=kind, name=name[:200], idnumber=idnumber, state=state, default_mark=default_mark
    )
    _set_tags(question, tags)
    QuestionVersion.objects.create(
        question=question, number=1, is_ready=state != Question.State.DRAFT, data=data, created_by=by
    )
    return question


@transaction.atomic
def save_version(*, question: Question, data: dict, by=None) -> QuestionVersion:
    """Return the latest version when the data is equal, else add one; it is ready unless the question is a draft."""
    data = _checked(question.kind, data)
    Question.objects.select_for_update().get(pk=question.pk)
    latest = question.versions.order_by("-number").first()
    if latest is not None and latest.data == data:
        return latest
    number = (question.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    return QuestionVersion.objects.create(
        question=question, number=number, is_ready=question.state != Question.State.DRAFT, data=data, created_by=by
    )


@transaction.atomic
def update_question(
    *, question: Question, name: str, category: Category, tags: Iterable[str], state: str, default_mark: Decimal
) -> Question:
    """Change what is not the wording: name, place, tags, state, usual mark.

    A draft made ready takes its latest version along.
    """
    question.name, question.category, question.state, question.default_mark = name[:200], category, state, default_mark
    question.save(update_fields=["name", "category", "state", "default_mark"])
    _set_tags(question, tags)
    if state == Question.State.READY:
        latest = question.versions.order_by("-number").values("pk")[:1]
        QuestionVersion.objects.filter(pk__in=list(latest.values_list("pk", flat=True))).update(is_ready=True)
    return question


def retire(*, question: Question) -> Question:
    """Keep a question out of new quizzes and random draws; what was asked stays, and quizzes that have it keep it."""
    question.state = Question.State.RETIRED
    question.save(update_fields=["state"])
    return question


def restore(*, question: Question) -> Question:
    """Bring a retired question back: ready where it has a ready version, else a draft."""
    ready = question.versions.filter(is_ready=True).exists()
    question.state = Question.State.READY if ready else Question.State.DRAFT
    question.save(update_fields=["state"])
    return question


def tag_names(tags: Iterable[str]) -> list[str]:
    """Return tags as they are kept: trimmed, each once, in order."""
    return sorted({tag.strip()[:100].rstrip() for tag in tags if tag.strip()})


def _set_tags(question: Question, tags: Iterable[str]) -> None:
    wanted = tag_names(tags)
    if wanted != sorted(question.tags.names()):
        question.tags.set(wanted)
        question.save()


# --- files -----------------------------------------------------------------------------------------------------------


def keep_file(name: str, content: bytes) -> None:
    """Store a picture that questions show under the name that `files.file_name` gave it; a second time is nothing."""
    path = f"{FOLDER}/{name}"
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(content))


def read_file(name: str) -> bytes:
    """Return the content of a picture, for writing it to a file of questions. Raises FileNotFoundError."""
    with default_storage.open(f"{FOLDER}/{name}") as file:
        return file.read()
