"""Reading the bank: what a person may see, the versions to ask, where a question is used."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, ManyToOneRel, Model, OuterRef, Q, QuerySet, Subquery

from people.models import AgencyRole

from .models import Category, Question, QuestionVersion

EDITING_ROLES = (AgencyRole.Role.EDITOR, AgencyRole.Role.ORGANISER)
VIEWING_ROLES = (*EDITING_ROLES, AgencyRole.Role.REVIEWER)
PATH_SEPARATOR = "/"


@dataclass(frozen=True)
class BankAccess:
    """What one person may do in the bank: ids of agencies, or everything."""

    is_administrator: bool
    edits: frozenset[int]
    views: frozenset[int]

    @property
    def may_view(self) -> bool:
        return self.is_administrator or bool(self.views)

    @property
    def may_edit(self) -> bool:
        return self.is_administrator or bool(self.edits)

    def can_view(self, category: Category) -> bool:
        """Shared categories are open to everyone with bank permission, an agency's others to its own people."""
        is_shared = category.agency_id is None or category.is_shared
        return self.is_administrator or (self.may_view and (is_shared or category.agency_id in self.views))

    def can_edit(self, category: Category) -> bool:
        """An agency's categories are its editors' and organisers'; the shared ones the administrators'."""
        return self.is_administrator or category.agency_id in self.edits


def bank_access(user) -> BankAccess:
    """Return what a person may do in the bank today, in one query at most."""
    if not user.is_authenticated or not user.is_active:
        return BankAccess(False, frozenset(), frozenset())
    if user.is_superuser:
        return BankAccess(True, frozenset(), frozenset())
    roles = list(
        AgencyRole.objects.current().filter(person=user, role__in=VIEWING_ROLES).values_list("agency_id", "role")
    )
    return BankAccess(
        is_administrator=False,
        edits=frozenset(agency for agency, role in roles if role in EDITING_ROLES),
        views=frozenset(agency for agency, role in roles),
    )


def categories_visible(access: BankAccess) -> QuerySet[Category]:
    """Return the categories a person may read; agrees with `BankAccess.can_view`."""
    if access.is_administrator:
        return Category.objects.all()
    if not access.views:
        return Category.objects.none()
    return Category.objects.filter(Q(agency__in=access.views) | Q(agency__isnull=True) | Q(is_shared=True))


def categories_editable(access: BankAccess) -> QuerySet[Category]:
    """Return the categories a person may change; agrees with `BankAccess.can_edit`."""
    if access.is_administrator:
        return Category.objects.all()
    return Category.objects.filter(agency__in=access.edits)


def questions_visible(access: BankAccess) -> QuerySet[Question]:
    """Return the questions of the categories a person may read."""
    return Question.objects.filter(category__in=categories_visible(access))


# --- categories as a tree --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Branch:
    """A category in its place: how deep, and its names from the root."""

    category: Category
    depth: int
    path: str


def category_tree(categories: QuerySet[Category]) -> list[Branch]:
    """Return categories in the order of a tree, the shared ones first, then agency by agency; one query."""
    rows = list(categories.select_related("agency").order_by("agency__name", "name", "pk"))
    known = {row.pk for row in rows}
    children: dict[int | None, list[Category]] = {}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    branches: list[Branch] = []

    def walk(parent: int | None, depth: int, above: str) -> None:
        for row in children.get(parent, []):
            path = f"{above}{row.name.replace(PATH_SEPARATOR, PATH_SEPARATOR * 2)}"
            branches.append(Branch(row, depth, path))
            walk(row.pk, depth + 1, path + PATH_SEPARATOR)

    walk(None, 0, "")
    branches.sort(key=lambda branch: branch.category.agency_id is not None)
    return branches


def categories_below(category: Category) -> set[int]:
    """Return the ids of a category and everything in it."""
    parents = dict(Category.objects.filter(agency=category.agency_id).values_list("pk", "parent_id"))
    found, grew = {category.pk}, True
    while grew:
        more = {pk for pk, parent in parents.items() if parent in found} - found
        found |= more
        grew = bool(more)
    return found


# --- questions and their versions ------------------------------------------------------------------------------------


def latest_ready(question_ids: Iterable[int]) -> dict[int, QuestionVersion]:
    """Return the latest ready version of each question, by question id, in one query.

    A question without a ready version is missing. A retired one is still there: retiring keeps it out of new quizzes
    and of random draws, it does not break a quiz that has it.
    """
    newest = (
        QuestionVersion.objects.filter(question=OuterRef("question"), is_ready=True)
        .order_by("-number")
        .values("number")[:1]
    )
    versions = (
        QuestionVersion.objects.filter(question__in=list(question_ids), is_ready=True)
        .filter(number=Subquery(newest))
        .select_related("question")
    )
    return {version.question_id: version for version in versions}


@dataclass(frozen=True)
class AskedVersion:
    """A version as it is asked and marked. It never changes, so that a process keeps those it has read."""

    pk: int
    question_id: int
    kind: str
    data: dict


MOST_KEPT = 5_000
_kept: dict[int, AskedVersion] = {}


def versions_by_id(ids: Iterable[int]) -> dict[int, AskedVersion]:
    """Return versions by id, from the process's memory where they are there, else in one query."""
    wanted = set(ids)
    found = {pk: known for pk in wanted if (known := _kept.get(pk))}
    if missing := wanted - found.keys():
        rows = QuestionVersion.objects.filter(pk__in=missing).values_list("pk", "question", "question__kind", "data")
        read = {pk: AskedVersion(pk, question, kind, data) for pk, question, kind, data in rows}
        if len(_kept) + len(read) > MOST_KEPT:
            _kept.clear()
        _kept.update(read)
        found |= read
    return found


def forget_versions() -> None:
    """Drop what the process keeps; for tests, whose rollbacks give ids to other rows."""
    _kept.clear()


def pool(*, category: Category, below: bool, tags: Iterable[str] = ()) -> list[int]:
    """Return the ids of the questions a category can give: ready, with a ready version and all the tags."""
    places = categories_below(category) if below else {category.pk}
    found = Question.objects.filter(category__in=places, state=Question.State.READY, versions__is_ready=True)
    for tag in tags:
        found = found.filter(tags__name__iexact=tag)
    return list(found.order_by("pk").distinct().values_list("pk", flat=True))


def latest_ready_ids(question_ids: Iterable[int]) -> dict[int, int]:
    """Return the id of the latest ready version of each question; as `latest_ready`, without reading the wording."""
    rows = QuestionVersion.objects.filter(question__in=list(question_ids), is_ready=True).order_by("number")
    return dict(rows.values_list("question", "pk"))


def latest_version(question: Question) -> QuestionVersion:
    """Return the newest wording, ready or not, with who wrote it."""
    return question.versions.order_by("-number").select_related("created_by")[0]


@dataclass(frozen=True)
class Usage:
    """How often a question stands in a quiz, and how often it was asked."""

    places: int = 0
    asked: int = 0


def usage(question_ids: Iterable[int]) -> dict[int, Usage]:
    """Return where questions are used, counted in whatever apps above point at questions or at versions.

    This app does not know them: it follows the foreign keys that Django registered, a query each.
    """
    ids = list(question_ids)
    places = _pointing_at(Question, ids, "")
    asked = _pointing_at(QuestionVersion, ids, "__question")
    return {pk: Usage(places.get(pk, 0), asked.get(pk, 0)) for pk in ids}


def _pointing_at(target: type[Model], ids: list[int], path: str) -> Counter:
    counts: Counter = Counter()
    for relation in target._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel) or relation.field.model._meta.app_label == "questions":
            continue
        # A version that is only pinned may be NULL: it is no question asked.
        if target is QuestionVersion and relation.field.null:
            continue
        key = f"{relation.field.name}{path}"
        rows = relation.field.model._base_manager.filter(**{f"{key}__in": ids}).order_by()
        counts.update({row[key]: row["times"] for row in rows.values(key).annotate(times=Count("pk"))})
    return counts
