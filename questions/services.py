"""Writing to the bank. Versions are only ever added; equal data adds none."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext as _

from people.models import Agency

from .formats.base import ParsedQuestion
from .kinds import get_kind
from .models import Category, Question, QuestionVersion


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
        category, _made = Category.objects.get_or_create(agency=owner, parent=category, name=name[:150])
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
    state: str = Question.State.READY, by=None,
) -> Question:  # fmt: skip
    """Make a question with its first version. Raises InvalidQuestion, UnknownKind."""
    data = _checked(kind, data)
    question = Question.objects.create(category=category, kind=kind, name=name[:200], idnumber=idnumber, state=state)
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
def update_question(*, question: Question, name: str, category: Category, tags: Iterable[str], state: str) -> Question:
    """Change what is not the wording: name, place, tags, state. A draft made ready takes its latest version along."""
    question.name, question.category, question.state = name[:200], category, state
    question.save(update_fields=["name", "category", "state"])
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


def _set_tags(question: Question, tags: Iterable[str]) -> None:
    wanted = sorted({tag.strip()[:100] for tag in tags if tag.strip()})
    if wanted != sorted(question.tags.names()):
        question.tags.set(wanted)
        question.save()


# --- from a file -----------------------------------------------------------------------------------------------------


@dataclass
class Loaded:
    """What an import did, counted; `bad` questions were left out."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: int = 0
    is_kept: bool = True


class NothingLoaded(Exception):
    """All or nothing was asked for and some question was bad; `loaded.bad` counts them."""

    def __init__(self, loaded: Loaded):
        loaded.is_kept = False
        self.loaded = loaded
        super().__init__(loaded.bad)


@transaction.atomic
def load_questions(
    *, parsed: Iterable[ParsedQuestion], category: Category, by=None, good_only: bool = False,
    state: str = Question.State.READY,
) -> Loaded:  # fmt: skip
    """Put the questions of a file below a category; a question with an id that is there already gets a new version.

    Reads the file as it goes, in bounded memory. Raises NothingLoaded, having changed nothing, when one is bad and not
    only the good ones were asked for.
    """
    loaded, places = Loaded(), {"": category}
    for question in parsed:
        if question.problems:
            loaded.bad += 1
            continue
        if question.category not in places:
            places[question.category] = category_at(path=question.category, below=category)
        _load_one(loaded, question, places[question.category], by, state)
    if loaded.bad and not good_only:
        raise NothingLoaded(loaded)
    return loaded


@transaction.atomic
def import_questions(
    *, parsed: Iterable[ParsedQuestion], path: str, agency: Agency | None, good_only: bool = False,
    state: str = Question.State.READY,
) -> Loaded:  # fmt: skip
    """Do `load_questions` into the category at a path; the category too stays unmade when nothing is loaded."""
    category = category_at(path=path, agency=agency)
    return load_questions(parsed=parsed, category=category, good_only=good_only, state=state)


def _load_one(loaded: Loaded, parsed: ParsedQuestion, category: Category, by, state: str) -> None:
    existing = None
    if parsed.idnumber:
        existing = Question.objects.filter(category=category, idnumber=parsed.idnumber, kind=parsed.kind).first()
    if existing is None:
        create_question(
            category=category, kind=parsed.kind, name=parsed.name, data=parsed.data, tags=parsed.tags,
            idnumber=_free_idnumber(category, parsed.idnumber), state=state, by=by,
        )  # fmt: skip
        loaded.created += 1
        return
    before = existing.versions.count()
    save_version(question=existing, data=parsed.data, by=by)
    if existing.versions.count() > before:
        loaded.changed += 1
    else:
        loaded.unchanged += 1


def _free_idnumber(category: Category, idnumber: str) -> str:
    """Leave the id away where a question of another kind has it: ids are unique in their category."""
    taken = idnumber and Question.objects.filter(category=category, idnumber=idnumber).exists()
    return "" if taken else idnumber
