"""Questions of the bank on their way into a file: their newest wording, in bounded memory."""

from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from people.models import Agency

from .formats.base import Format, LeftOut, ParsedQuestion
from .formats.registry import FORMATS
from .loading import latest_versions
from .models import Category, Question, QuestionTag
from .queries import PATH_SEPARATOR, categories_below, category_tree
from .services import read_file, split_path

BATCH = 500


def writable_formats() -> list[Format]:
    """Return the formats that can be written, in the order people are offered them."""
    return [known for known in FORMATS.values() if known.write]


def category_by_path(*, path: str, agency: Agency | None) -> Category | None:
    """Return the category at a path such as `Etika/Gratifikasi`, or None; nothing is made."""
    category = None
    for name in split_path(path):
        category = Category.objects.filter(agency=agency, parent=category, name=name[:150]).first()
        if category is None:
            return None
    return category


def questions_in(category: Category) -> QuerySet[Question]:
    """Return the questions of a category and of all that are in it."""
    return Question.objects.filter(category__in=categories_below(category))


def parsed_questions(questions: QuerySet[Question], *, top: Category | None = None) -> Iterator[ParsedQuestion]:
    """Yield questions as the formats take them, category after category in the order of the tree.

    Paths begin below `top`, so that a file loaded into that category again puts each question where it was; without
    it they begin at the root.
    """
    held = set(questions.order_by().values_list("category", flat=True).distinct())
    branches = category_tree(Category.objects.all())
    above = next((branch.path + PATH_SEPARATOR for branch in branches if top and branch.category.pk == top.pk), "")
    for branch in branches:
        if branch.category.pk in held:
            path = "" if top and branch.category.pk == top.pk else branch.path.removeprefix(above)
            yield from _of_category(questions.filter(category=branch.category), path)


def _of_category(questions: QuerySet[Question], path: str) -> Iterator[ParsedQuestion]:
    ids = list(questions.order_by("name", "pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        rows, versions, tags = Question.objects.in_bulk(batch), latest_versions(batch), _tags(batch)
        for pk in batch:
            if pk in rows and pk in versions:
                yield _parsed(rows[pk], versions[pk].data, tags[pk], path)


def _tags(question_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {pk: [] for pk in question_ids}
    tagged = QuestionTag.objects.filter(content_object__in=question_ids).order_by("tag__name")
    for pk, name in tagged.values_list("content_object", "tag__name"):
        found[pk].append(name)
    return found


def _parsed(question: Question, data: dict, tags: list[str], path: str) -> ParsedQuestion:
    return ParsedQuestion(
        kind=question.kind,
        name=question.name,
        data=data,
        tags=tags,
        idnumber=question.idnumber,
        category=path,
        mark=Fraction(question.default_mark),
        state=question.state,
    )


def write_questions(
    questions: QuerySet[Question], *, to: BinaryIO, known: Format, top: Category | None = None
) -> list[LeftOut]:
    """Write questions to a file; returns what the format could not say. The format must be a writable one."""
    if known.write is None:
        raise ValueError(known.name)
    lost: list[LeftOut] = []
    current = ""

    def followed() -> Iterator[ParsedQuestion]:
        nonlocal current
        for question in parsed_questions(questions, top=top):
            current = question.name
            yield question

    def picture(name: str) -> bytes:
        try:
            return read_file(name)
        except FileNotFoundError:
            lost.append(LeftOut(current, _("A picture of it is no longer in the store.")))
            return b""

    return known.write(followed(), to, picture) + lost
