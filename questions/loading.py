"""Questions of a file on their way into the bank: read and checked to the end first, then written in batches.

Reading takes far longer than writing and needs no database, so that nobody waits for it. What has been read lies on
disk in the meantime: a file of any length fits.
"""

import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.db import transaction
from django.db.models import OuterRef, Subquery
from taggit.models import Tag

from people.models import Agency

from .formats.base import Format, ParsedQuestion, bank_mark
from .formats.registry import guess_format
from .kinds import UnknownKind, get_kind
from .models import Category, Question, QuestionTag, QuestionVersion
from .services import category_at, keep_file, tag_names

GUESS_BYTES = 4096
BATCH = 500
IN_MEMORY = 5_000_000  # bytes of what was read; more goes to disk

Progress = Callable[[int], object]


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


def load_questions(
    *, parsed: Iterable[ParsedQuestion], category: Category, by=None, good_only: bool = False,
    state: str = Question.State.READY, on_written: Progress | None = None,
) -> Loaded:  # fmt: skip
    """Put the questions of a file below a category; a question with an id that is there already gets a new version.

    Reads the file as it goes, in bounded memory. Raises NothingLoaded, having changed nothing, when one is bad and not
    only the good ones were asked for. `on_written` hears how many are written.
    """
    with Checked(parsed) as checked:
        return load_checked(
            checked=checked, category=category, by=by, good_only=good_only, state=state, on_written=on_written
        )


def import_questions(
    *, parsed: Iterable[ParsedQuestion], path: str, agency: Agency | None, good_only: bool = False,
    state: str = Question.State.READY, on_written: Progress | None = None,
) -> Loaded:  # fmt: skip
    """Do `load_questions` into the category at a path; the category too stays unmade when nothing is loaded."""
    with Checked(parsed) as checked, transaction.atomic():
        checked.refuse_bad(good_only=good_only)
        category = category_at(path=path, agency=agency)
        return load_checked(
            checked=checked, category=category, by=None, good_only=good_only, state=state, on_written=on_written
        )


def load_checked(
    *, checked: "Checked", category: Category, by, good_only: bool, state: str = Question.State.READY,
    on_written: Progress | None = None,
) -> Loaded:  # fmt: skip
    """Write what has been read, all of it or nothing; raises NothingLoaded as `load_questions` does."""
    checked.refuse_bad(good_only=good_only)
    for name, content in checked.files():
        keep_file(name, content)
    with transaction.atomic():
        writer = _Writer(category, by, state, on_written)
        for question in checked.questions():
            writer.add(question)
        writer.write()
    writer.loaded.bad = checked.bad
    return writer.loaded


def format_of(name: str, file: BinaryIO) -> Format | None:
    """Return the format of an open file by its name and beginning; None where they do not tell."""
    found = guess_format(name, file.read(GUESS_BYTES))
    file.seek(0)
    return found


# --- reading ---------------------------------------------------------------------------------------------------------


class Checked:
    """The good questions of a file, checked and laid aside; `bad` counts the others."""

    def __init__(self, parsed: Iterable[ParsedQuestion]):
        self.good = self.bad = 0
        self._questions, self._files = (_spool() for _ in range(2))
        for question in parsed:
            if question.problems or not _is_good(question):
                self.bad += 1
            else:
                self._lay_aside(question)

    def __enter__(self) -> "Checked":
        return self

    def __exit__(self, *exception) -> None:
        self._questions.close()
        self._files.close()

    def refuse_bad(self, *, good_only: bool) -> None:
        """Raise NothingLoaded where a question is bad and not only the good ones were asked for."""
        if self.bad and not good_only:
            raise NothingLoaded(Loaded(bad=self.bad))

    def _lay_aside(self, question: ParsedQuestion) -> None:
        self.good += 1
        for file in question.files.items():
            pickle.dump(file, self._files)
        question.files = {}
        pickle.dump(question, self._questions)

    def questions(self) -> Iterator[ParsedQuestion]:
        return _laid_aside(self._questions)

    def files(self) -> Iterator[tuple[str, bytes]]:
        return _laid_aside(self._files)


def _spool() -> tempfile.SpooledTemporaryFile:
    return tempfile.SpooledTemporaryFile(IN_MEMORY)


def _laid_aside(file: BinaryIO) -> Iterator:
    file.seek(0)
    while True:
        try:
            yield pickle.load(file)  # noqa: S301 - written above, a moment ago
        except EOFError:
            return


def _is_good(question: ParsedQuestion) -> bool:
    """Say whether the question can be stored; whatever the reader did, its data are in their one shape afterwards."""
    try:
        kind = get_kind(question.kind)
    except UnknownKind:
        return False
    question.data = kind.clean(question.data)
    return not kind.problems(question.data)


# --- writing ---------------------------------------------------------------------------------------------------------


class _Writer:
    """Takes one question after another and writes them in batches; the same id twice is never in one batch."""

    def __init__(self, category: Category, by, state: str, on_written: Progress | None):
        self.loaded = Loaded()
        self._category, self._by, self._state, self._on_written = category, by, state, on_written
        self._places = {"": category}
        self._tags: dict[str, int] = {}
        self._batch: dict[tuple, tuple[ParsedQuestion, Category]] = {}
        self._written = 0

    def add(self, question: ParsedQuestion) -> None:
        place = self._place(question.category)
        key = (place.pk, question.idnumber) if question.idnumber else (None, len(self._batch))
        if key in self._batch or len(self._batch) == BATCH:
            self.write()
        self._batch[key] = question, place

    def _place(self, path: str) -> Category:
        if path not in self._places:
            self._places[path] = category_at(path=path, below=self._category)
        return self._places[path]

    def write(self) -> None:
        """Write what has come together."""
        there = self._there()
        new, again = [], []
        for key, (question, place) in self._batch.items():
            known = there.get(key)
            if known is not None and known.kind == question.kind:
                again.append((known, question))
            else:
                # Ids are unique in their category: another kind keeps the id that it has.
                new.append((self._row(question, place, "" if known else question.idnumber), question))
        self._create(new)
        self._add_versions(again)
        self._written += len(self._batch)
        self._batch = {}
        if self._on_written:
            self._on_written(self._written)

    def _there(self) -> dict[tuple, Question]:
        """Return the questions that have the ids of the batch already, held until the end of the load."""
        keys = [key for key in self._batch if key[0] is not None]
        rows = Question.objects.select_for_update().filter(
            category__in={category for category, _id in keys}, idnumber__in={idnumber for _category, idnumber in keys}
        )
        return {(row.category_id, row.idnumber): row for row in rows.order_by("pk")} if keys else {}

    def _row(self, question: ParsedQuestion, place: Category, idnumber: str) -> Question:
        state = question.state or self._state
        return Question(
            category=place, kind=question.kind, name=question.name[:200], idnumber=idnumber[:100], state=state,
            default_mark=bank_mark(question.mark),
        )  # fmt: skip

    def _create(self, new: list[tuple[Question, ParsedQuestion]]) -> None:
        Question.objects.bulk_create([row for row, _question in new])
        QuestionVersion.objects.bulk_create([self._version(row, 1, question.data) for row, question in new])
        QuestionTag.objects.bulk_create(
            QuestionTag(content_object=row, tag_id=tag) for row, question in new for tag in self._tags_of(question)
        )
        self.loaded.created += len(new)

    def _version(self, row: Question, number: int, data: dict) -> QuestionVersion:
        is_ready = row.state != Question.State.DRAFT
        return QuestionVersion(question=row, number=number, is_ready=is_ready, data=data, created_by=self._by)

    def _add_versions(self, again: list[tuple[Question, ParsedQuestion]]) -> None:
        latest = latest_versions([row.pk for row, _question in again])
        changed = []
        for row, question in again:
            version = latest.get(row.pk)
            if version is None or version.data != question.data:
                changed.append(self._version(row, version.number + 1 if version else 1, question.data))
        QuestionVersion.objects.bulk_create(changed)
        self.loaded.changed += len(changed)
        self.loaded.unchanged += len(again) - len(changed)

    def _tags_of(self, question: ParsedQuestion) -> list[int]:
        found = []
        for name in tag_names(question.tags):
            key = name.casefold()
            if key not in self._tags:
                self._tags[key] = (Tag.objects.filter(name__iexact=name).first() or Tag.objects.create(name=name)).pk
            found.append(self._tags[key])
        return list(dict.fromkeys(found))


def latest_versions(question_ids: list[int]) -> dict[int, QuestionVersion]:
    """Return the newest version of each question, ready or not, in one query."""
    newest = QuestionVersion.objects.filter(question=OuterRef("question")).order_by("-number").values("number")[:1]
    rows = QuestionVersion.objects.filter(question__in=question_ids, number=Subquery(newest))
    return {row.question_id: row for row in rows} if question_ids else {}
