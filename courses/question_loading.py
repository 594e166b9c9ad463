"""Questions of the starter curriculum on their way into the bank, by the bank's own import; people's work is left."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from questions.formats.base import ParsedQuestion
from questions.loading import Loaded, latest_versions, load_questions
from questions.models import Category, Question
from questions.queries import categories_below, category_tree


@dataclass(frozen=True)
class LoadedQuestions:
    """What became of a file: the questions by code, what the import counted, and in `notes` what was left alone."""

    by_code: dict[str, Question]
    loaded: Loaded
    notes: list[str] = field(default_factory=list)


def put_into_bank(*, parsed: Iterable[ParsedQuestion], category: Category) -> LoadedQuestions:
    """Load checked questions with codes below a category and return them; one is known by its code anywhere below.

    A question whose newest wording a person wrote stays as it is, and so does one that is of another kind by now. One
    that somebody put elsewhere in the category gets its new wording there.
    """
    parsed = list(parsed)
    places = categories_below(category)
    codes = [asked.idnumber for asked in parsed]
    known = _by_code(places, codes)
    newest = latest_versions([question.pk for question in known.values()])
    paths = _paths_below(category, places)
    taken, notes = [], []
    for asked in parsed:
        question = known.get(asked.idnumber)
        if question is None:
            taken.append(asked)
        elif question.pk in newest and newest[question.pk].created_by_id is not None:
            notes.append(f"a person changed the question {asked.idnumber} “{question.name}”")
        elif question.kind != asked.kind:
            notes.append(f"{asked.idnumber} is of another kind now: give the new question another code")
        else:
            taken.append(replace(asked, category=paths[question.category_id]))
    loaded = load_questions(parsed=taken, category=category)
    return LoadedQuestions(_by_code(categories_below(category), codes), loaded, notes)


def _by_code(places: set[int], codes: list[str]) -> dict[str, Question]:
    rows = Question.objects.filter(category__in=places, idnumber__in=codes).select_related("category")
    return {row.idnumber: row for row in rows.order_by("-pk")}


def _paths_below(category: Category, places: set[int]) -> dict[int, str]:
    """Return the path of each category in this one as a file would name it; that of itself is empty."""
    branches = category_tree(Category.objects.filter(pk__in=places))
    start = next(len(branch.path) for branch in branches if branch.category.pk == category.pk)
    return {branch.category.pk: branch.path[start:].removeprefix("/") for branch in branches}
