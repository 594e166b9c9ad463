"""The statistics of a quiz from its attempts in the database, and where they are kept (`models.QuizFigures`).

Counted are the graded attempts of learners, never trials; of each learner the first unless another choice is made. A
place of the quiz is a column, a slot that draws several questions as many; what was asked in a place that the quiz no
longer has is left out. Rows are read in portions without making objects of them, and equal answers to a version are
taken apart once, so that the memory in use does not grow with the attempts by more than `quizzes.statistics` says.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from questions.kinds import Response, get_kind
from questions.queries import AskedVersion, versions_by_id

from .behaviours import CERTAINTY
from .models import Attempt, AttemptQuestion, QuizFigures, QuizPage, QuizSlot
from .statistics import Attempt as Fed
from .statistics import Collector, SlotInfo, VersionInfo
from .statistics import QuizFigures as Figures

FIRST, LAST, HIGHEST, ALL = "first", "last", "highest", "all"
CHOICES = {
    FIRST: _("the first attempt of each learner"),
    LAST: _("the last attempt of each learner"),
    HIGHEST: _("the best attempt of each learner"),
    ALL: _("all attempts"),
}
COMPUTED_AT_ONCE = 5_000  # answers; more are work for a task
WAITED_FOR = dt.timedelta(minutes=15)  # then a computation that was asked for may be asked for again
PORTION = 500  # attempts whose answers are read at a time
MOST_REMEMBERED = 50_000  # answers that are known to have been taken apart
MOST_CLASSES = 200  # different responses of a version; the rest are `OTHER`
LONGEST_CLASS = 200  # characters
OTHER = ""
OFFERED = ("single", "multiple", "truefalse", "hotspot")  # kinds whose wrong answers the question itself offers


# --- which attempts ---------------------------------------------------------------------------------------------------


def counted_attempts(quiz: QuizPage) -> QuerySet[Attempt]:
    """Return the attempts that statistics are about: graded ones of learners."""
    return Attempt.objects.filter(quiz=quiz.pk, state=Attempt.State.GRADED, enrolment__isnull=False)


def chosen_attempts(quiz: QuizPage, choice: str) -> list[tuple[int, int | None]]:
    """Return (id, seconds taken) of the attempts that a choice counts; of equally good ones the first is the best."""
    found = counted_attempts(quiz).order_by("started_at", "pk")
    columns = ("pk", "person", "started_at", "submitted_at", "score_numerator", "score_denominator")
    chosen: dict[int, tuple] = {}
    for pk, person, started, submitted, *score in found.values_list(*columns).iterator(chunk_size=PORTION * 10):
        key, earned = (pk if choice == ALL else person), Fraction(*score) if choice == HIGHEST else 0
        known = chosen.get(key)
        if known is None or choice == LAST or earned > known[2]:
            chosen[key] = (pk, _seconds(started, submitted), earned)
    return [(pk, seconds) for pk, seconds, _earned in chosen.values()]


def _seconds(started: dt.datetime, submitted: dt.datetime | None) -> int | None:
    return None if submitted is None else max(int((submitted - started).total_seconds()), 0)


# --- columns ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Columns:
    """The places of a quiz: `infos` in order, and where the questions of a slot stand among them.

    `alone` are the slots that have one column only.
    """

    infos: tuple[SlotInfo, ...]
    of_slot: dict[int, range]
    of_question: dict[int, range]

    @cached_property
    def alone(self) -> dict[int, int]:
        return {slot: columns[0] for slot, columns in self.of_slot.items() if len(columns) == 1}

    def place(self, slot: int | None, question: int | None, used: dict[range, int]) -> int | None:
        """Return the next free column for what an attempt asked; None where the quiz has no such place any more.

        `used` counts the columns taken so far. Attempts older than slots are told by their question.
        """
        columns = self.of_slot.get(slot) if slot else self.of_question.get(question)
        if columns is None or (taken := used.get(columns, 0)) >= len(columns):
            return None
        used[columns] = taken + 1
        return columns[taken]


def columns_of(quiz: QuizPage) -> Columns:
    """Return the columns of a quiz as it is now; keys are `12` for a slot, `12.3` for the third that it draws."""
    infos, of_slot, of_question = [], {}, {}
    slots = QuizSlot.objects.filter(quiz=quiz.pk).order_by("sort_order", "pk")
    for slot, question, kind, count, mark in slots.values_list(
        "pk", "question", "question__kind", "draw_count", "max_mark"
    ):
        width = 1 if question else count
        is_graded = kind is None or get_kind(kind).is_graded
        columns = range(len(infos), len(infos) + width)
        infos += [
            SlotInfo(str(slot) if width == 1 else f"{slot}.{place}", Fraction(mark) if is_graded else 0)
            for place in range(1, width + 1)
        ]
        of_slot[slot] = columns
        if question:
            of_question[question] = columns
    return Columns(tuple(infos), of_slot, of_question)


# --- answers ----------------------------------------------------------------------------------------------------------


class Responses:
    """Takes answers apart into the classes that are counted, and learns what each class earns.

    The words are those of the version that was asked; what they earn is told by the key that marks it now.
    """

    def __init__(self, pairs: Iterable[tuple[int, int | None]], *, knows_guess: bool = True):
        keys: dict[int, int] = {}
        for version, key in pairs:
            keys[version] = max(keys.get(version, version), key or version)
        self.versions = versions_by_id({*keys, *keys.values()})
        self.keys = {version: self.versions[keys[version]] for version in sorted(keys)}
        self.earned: dict[int, dict[str, Fraction]] = {version: self._offered(version) for version in self.keys}
        # They share `earned`, which grows with what is met: the figures are computed when all has been read.
        self.infos = {
            version: VersionInfo(key.question_id, self._guess(key) if knows_guess else None, self.earned[version])
            for version, key in self.keys.items()
        }
        self.ungraded = frozenset(pk for pk in self.keys if not get_kind(self.versions[pk].kind).is_graded)
        self._remembered: dict[tuple[int, str], str | tuple[str, ...] | None] = {}

    @property
    def unread(self) -> list[int]:
        """The versions whose answers are not worth reading: long texts and files, of which no two are alike."""
        return [pk for pk in self.keys if get_kind(self.versions[pk].kind).is_marked_by_people]

    def of(self, version: int, answer: str | None) -> str | tuple[str, ...] | None:
        """Return the class of an answer as the database keeps it (JSON), a tuple of them where it has several parts."""
        if answer is None or answer == "null":
            return None
        known = (version, answer)
        try:
            return self._remembered[known]
        except KeyError:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[known] = found = self._taken_apart(version, json.loads(answer))
            return found

    def _taken_apart(self, version: int, answer) -> str | tuple[str, ...]:
        given = tuple(self._class(version, one, share) for one, share in self._shares(version, answer))
        return given if len(given) > 1 else given[0] if given else OTHER

    def _class(self, version: int, response: Response, share: Fraction | None) -> str:
        earned, name = self.earned[version], class_of(response)
        if name not in earned and len(earned) >= MOST_CLASSES:
            return OTHER
        if share is not None:
            earned.setdefault(name, share)
        return name

    def _shares(self, version: int, answer) -> Iterator[tuple[Response, Fraction | None]]:
        """Yield the parts of an answer with what the key gives for each."""
        asked, key = self.versions[version], self.keys[version]
        given = get_kind(asked.kind).responses(asked.data, answer)
        marked = get_kind(asked.kind).responses(key.data, answer) if key is not asked else given
        marked = marked if len(marked) == len(given) else given
        return ((one, told.share) for one, told in zip(given, marked, strict=True))

    def _offered(self, version: int) -> dict[str, Fraction]:
        """Return what the question itself offers, and what each earns; else only what is right."""
        asked = self.versions[version]
        kind = get_kind(asked.kind)
        found = {
            class_of(response): share or Fraction(0)
            for sample in kind.samples(asked.data)
            for response, share in self._shares(version, sample)
        }
        is_offered = asked.kind in OFFERED
        return dict([one for one in found.items() if is_offered or one[1] > 0][:MOST_CLASSES])

    def _guess(self, version: AskedVersion) -> float | None:
        guess = get_kind(version.kind).guess(version.data)
        return None if guess is None else float(guess)


def class_of(response: Response) -> str:
    """Name a class of responses: the part of the question, where it has parts, and the words."""
    words = f"{response.part}: {response.text}" if response.part else response.text
    return words[:LONGEST_CLASS]


# --- feeding ----------------------------------------------------------------------------------------------------------


def compute(quiz: QuizPage, choice: str = FIRST) -> Figures:
    """Return the figures of a quiz from the attempts of a choice."""
    with translation.override(settings.LANGUAGE_CODE):
        return collect(quiz, chosen_attempts(quiz, choice)).figures()


def collect(quiz: QuizPage, attempts: Sequence[tuple[int, int | None]]) -> Collector:
    """Feed attempts, (id, seconds) each, to a collector."""
    columns = columns_of(quiz)
    asked = AttemptQuestion.objects.filter(attempt__quiz=quiz.pk).order_by()
    pairs = asked.values_list("version", "key_version").distinct()
    # A guess says nothing where what it earns hangs on how certain the learner claims to be.
    responses = Responses(pairs, knows_guess=quiz.behaviour != CERTAINTY)
    collector = Collector(columns.infos, responses.infos)
    ordered = sorted(attempts)
    for start in range(0, len(ordered), PORTION):
        portion = ordered[start : start + PORTION]
        found = _read(columns, responses, [pk for pk, _seconds in portion])
        for pk, seconds in portion:
            collector.add(Fed(*found[pk], seconds=seconds))
    return collector


def _read(columns: Columns, responses: Responses, attempts: list[int]) -> dict[int, tuple[list, list, list]]:
    """Return (shares, versions, responses) of each attempt, an entry a column."""
    width = len(columns.infos)
    found = {pk: ([None] * width, [None] * width, [None] * width) for pk in attempts}
    used: dict[int, dict[range, int]] = defaultdict(dict)
    rows = AttemptQuestion.objects.filter(attempt__in=attempts).order_by("attempt", "position")
    columns_read = ("attempt", "slot", "version", "share_numerator", "share_denominator")
    for attempt, slot, version, top, bottom, answer in rows.values_list(*columns_read, _answer(responses.unread)):
        place = columns.alone.get(slot)
        if place is None:
            question = None if slot else responses.versions[version].question_id
            place = columns.place(slot, question, used[attempt])
        if place is None:
            continue
        shares, versions, given = found[attempt]
        versions[place] = version
        given[place] = responses.of(version, answer)
        if top is not None and version not in responses.ungraded:
            shares[place] = (top, bottom)
    return found


def _answer(unread: list[int]):
    """Return the answer as text; of versions whose answers are not read only whether there is one."""
    whole = Cast("answer", TextField())
    if not unread:
        return whole
    return Case(
        When(Q(version__in=unread, answer__isnull=False), then=Value("{}")), default=whole, output_field=TextField()
    )


# --- keeping ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """The figures of a quiz as they were computed last; `figures` None: never. `since` counts attempts graded later."""

    choice: str
    figures: Figures | None
    computed_at: dt.datetime | None
    since: int
    is_old: bool
    is_being_computed: bool


def report(quiz: QuizPage, choice: str = FIRST) -> Report:
    """Return the kept figures of a quiz, computed now where they are old and there is little to compute."""
    kept = _kept(quiz, choice)
    found = _report(quiz, choice, kept)
    if not found.is_old or not is_small(quiz):
        return found
    return _report(quiz, choice, compute_and_keep(quiz, choice))


def is_small(quiz: QuizPage) -> bool:
    """Say whether the figures can be computed while somebody waits."""
    return counted_attempts(quiz).count() * len(columns_of(quiz).infos) <= COMPUTED_AT_ONCE


def compute_and_keep(quiz: QuizPage, choice: str) -> dict:
    """Compute the figures of a choice and keep them; return them as they are kept."""
    begun = timezone.now()
    figures = compute(quiz, choice)
    told = {"computed_at": begun.isoformat(), "figures": figures.as_dict()}
    _keep(quiz, choice, told, attempts=figures.attempts, computed_at=begun)
    return told


def ask_for(quiz: QuizPage, choice: str) -> None:
    """Have the figures of a choice computed: at once where there is little to do, else by the worker."""
    if is_small(quiz):
        compute_and_keep(quiz, choice)
        return
    from .tasks import compute_figures

    _keep(quiz, choice, {**(_kept(quiz, choice) or {}), "wanted_at": timezone.now().isoformat()})
    compute_figures.enqueue(quiz.pk, choice)


@transaction.atomic
def _keep(quiz: QuizPage, choice: str, told: dict, **columns) -> None:
    row, _made = QuizFigures.objects.select_for_update().get_or_create(
        quiz_id=quiz.pk, defaults={"attempts": 0, "figures": {}}
    )
    row.figures = {**row.figures, choice: told}
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()


def _kept(quiz: QuizPage, choice: str) -> dict | None:
    row = QuizFigures.objects.filter(quiz=quiz.pk).first()
    return row.figures.get(choice) if row else None


def _report(quiz: QuizPage, choice: str, kept: dict | None) -> Report:
    kept = kept or {}
    computed_at = parse_datetime(kept["computed_at"]) if "computed_at" in kept else None
    wanted_at = parse_datetime(kept["wanted_at"]) if "wanted_at" in kept else None
    attempts = counted_attempts(quiz)
    since = attempts.filter(graded_at__gt=computed_at).count() if computed_at else attempts.count()
    edited = computed_at and quiz.last_published_at and quiz.last_published_at > computed_at
    return Report(
        choice=choice,
        figures=Figures.from_dict(kept["figures"]) if computed_at else None,
        computed_at=computed_at,
        since=since,
        is_old=computed_at is None or bool(since) or bool(edited),
        is_being_computed=wanted_at is not None and timezone.now() - wanted_at < WAITED_FOR,
    )
