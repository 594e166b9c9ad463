"""The statistics of a quiz in words, numbers and pictures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils import formats
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from questions import markup
from questions.models import Question, QuestionVersion
from questions.points import number

from ..charts import Bar, Point, answer_bars, histogram, item_map
from ..figures import OTHER, Report
from ..gains import gain_of
from ..models import QuizPage, QuizSlot
from ..statistics import ItemFigures, QuizFigures, ResponseFigures, findings
from ..statistics_words import ITEM_WORDS, QUIZ_WORDS, Words, finding_words, percent

MARKS = ("mean", "median", "deviation", "standard_error")
PARTS = ("alpha", "error_ratio")
SHARES = ("facility", "deviation", "guess", "intended_weight", "effective_weight", "discrimination", "efficiency")
COLUMNS = ("facility", "discrimination", "efficiency", "intended_weight", "effective_weight", "guess")
MOST_BARS = 12
MOST_RESPONSES = 40
NO_FAULTS = {"too_few", "unused_options"}  # said, but a question is not faulty for it


@dataclass(frozen=True)
class Shown:
    """A figure: its words, and its value as the reader shall see it."""

    words: Words
    value: str


@dataclass(frozen=True)
class Row:
    """A question of the table: its place, its name, its figures in the order of `COLUMNS`, and what looks faulty."""

    key: str
    label: str
    name: str
    attempts: int
    values: tuple[str, ...]
    sentences: tuple[str, ...]
    is_suspect: bool


# --- the quiz ---------------------------------------------------------------------------------------------------------


def quiz_context(quiz: QuizPage, found: Report) -> dict[str, Any]:
    """Return what `quizzes/staff/figures.html` shows; as many queries for one question as for hundreds."""
    figures = found.figures
    names = _Names(quiz, figures)
    rows = [_row(names, item) for item in figures.items]
    drawn = [_row(names, item) for item in figures.drawn]
    return {
        "figures": figures,
        "values": [Shown(QUIZ_WORDS[name], _quiz_value(figures, name)) for name in QUIZ_WORDS],
        "times": _times(figures),
        "columns": [ITEM_WORDS[name] for name in COLUMNS],
        "rows": rows,
        "drawn": drawn,
        "suspects": sum(row.is_suspect for row in [*rows, *drawn]),
        "histogram": _histogram(quiz, figures) if figures.complete else "",
        "bins": _bins(figures),
        "map": _map(names, figures),
        **_gain(quiz),
    }


def _gain(quiz: QuizPage) -> dict[str, Any]:
    """Return `gain` in words and `gain_picture`, where learners have taken the pretest too."""
    found = gain_of(quiz)
    if found is None:
        return {}
    rose = ngettext(
        "%(count)d learner took both; %(rose)d did better afterwards.",
        "%(count)d learners took both; %(rose)d of them did better afterwards.",
        found.learners,
    ) % {"count": found.learners, "rose": found.rose}
    told = [rose]
    if found.normalised is not None:
        told.append(_("Learned of what the pretest left to learn: %(gain)s.") % {"gain": percent(found.normalised)})
    bars = [
        Bar(found.pretest.title, found.before, percent(found.before)),
        Bar(quiz.title, found.after, percent(found.after)),
    ]
    picture = answer_bars(bars, title=_("Mean marks of the same learners"), description=" ".join(told))
    return {"gain": told, "gain_picture": mark_safe(picture)}  # noqa: S308 - `charts` escapes every word


def _quiz_value(figures: QuizFigures, name: str) -> str:
    value = getattr(figures, name)
    if value is None:
        return "–"
    if name == "complete":
        return str(value)
    if name in PARTS:
        return percent(value)
    if name not in MARKS:
        return _decimal(value)
    marks = number(Fraction(value))
    return f"{marks} ({percent(value / figures.max_mark)})" if figures.max_mark else marks


def _decimal(value: float) -> str:
    return formats.number_format(round(value, 2), decimal_pos=2, use_l10n=True)


def _times(figures: QuizFigures) -> str:
    times = figures.times
    if times is None:
        return ""
    low, median, high = (
        max(1, round(value / 60)) for value in (times.lower_quartile, times.median, times.upper_quartile)
    )
    if low == high:
        return ngettext("They took about %(count)d minute.", "They took about %(count)d minutes.", low) % {"count": low}
    return _("Half of the attempts took %(median)s minutes at most; the middle half between %(low)s and %(high)s.") % {
        "median": median, "low": low, "high": high,
    }  # fmt: skip


def _histogram(quiz: QuizPage, figures: QuizFigures) -> str:
    below = sum(figures.bins[: quiz.pass_mark // 5]) if quiz.pass_mark % 5 == 0 else None
    told = [ngettext("%(count)d attempt.", "%(count)d attempts.", figures.complete) % {"count": figures.complete}]
    if below is not None:
        told.append(
            _("Below the pass mark: %(below)s, at or above it: %(above)s.")
            % {"below": below, "above": figures.complete - below}
        )
    picture = histogram(
        figures.bins,
        title=_("How many attempts earned how much (%)"),
        description=" ".join(told),
        pass_mark=quiz.pass_mark,
        pass_label=_("Pass mark: %(mark)s%%") % {"mark": quiz.pass_mark},
    )
    return mark_safe(picture)  # noqa: S308 - `charts` escapes every word


def _bins(figures: QuizFigures) -> list[tuple[str, int]]:
    """Return the histogram as a table, without the steps that nobody reached."""
    step = 100 // len(figures.bins)
    return [
        (f"{place * step}–{(place + 1) * step} %", count) for place, count in enumerate(figures.bins) if count
    ]  # fmt: skip


def _map(names: "_Names", figures: QuizFigures) -> str:
    points = [
        Point(names.label(item), item.facility, item.discrimination, is_marked=_is_suspect(item))
        for item in figures.items
        if item.facility is not None and item.discrimination is not None
    ]
    if len(points) < 2:
        return ""
    picture = item_map(
        points,
        title=_("Every question by how easy it is and how well it tells learners apart"),
        description=_("Questions that look faulty are diamonds. The table below has the numbers."),
        across=_("Facility index (%)"),
        up=_("Discrimination index (%)"),
    )
    return mark_safe(picture)  # noqa: S308 - `charts` escapes every word


def _row(names: "_Names", item: ItemFigures) -> Row:
    return Row(
        key=names.address(item),
        label=names.label(item),
        name=names.name(item),
        attempts=item.attempts,
        values=tuple(_share(item, name) for name in COLUMNS),
        sentences=tuple(finding_words(one, response_name) for one in findings(item)),
        is_suspect=_is_suspect(item),
    )


def _is_suspect(item: ItemFigures) -> bool:
    return any(one.code not in NO_FAULTS for one in findings(item))


def _share(item: ItemFigures, name: str) -> str:
    value = getattr(item, name)
    return "–" if value is None else percent(value)


# --- a question -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """A row of the table of answers; `worth` says in words whether it earns anything."""

    name: str
    count: int
    percent: str
    thirds: tuple[int, ...]
    worth: str


@dataclass(frozen=True)
class Part:
    """A slot, a question or a version with its figures, its answers as picture and table, and what looks faulty."""

    title: str
    key: str
    attempts: int
    values: tuple[Shown, ...]
    sentences: tuple[str, ...]
    picture: str
    answers: tuple[Answer, ...]
    more: int
    has_thirds: bool


def item_context(quiz: QuizPage, figures: QuizFigures, address: str) -> dict[str, Any] | None:
    """Return what `quizzes/staff/figures_question.html` shows of an item; None where there is no such item."""
    names = _Names(quiz, figures)
    item = next((one for one in (*figures.items, *figures.drawn) if names.address(one) == address), None)
    if item is None:
        return None
    return {
        "title": _("Question %(label)s") % {"label": names.label(item)} if item.level == "slot" else names.name(item),
        "name": names.name(item),
        "text": names.text(item),
        "whole": _part(names, item),
        "parts": [_part(names, part) for part in item.parts],
        "is_drawn": bool(item.parts) and item.parts[0].level == "question",
    }


def _part(names: "_Names", item: ItemFigures) -> Part:
    answers = tuple(_answer(response, item.thirds is not None) for response in item.responses)
    return Part(
        title=names.name(item),
        key=names.address(item),
        attempts=item.attempts,
        values=tuple(Shown(ITEM_WORDS[name], _share(item, name)) for name in SHARES if getattr(item, name) is not None),
        sentences=tuple(finding_words(one, response_name) for one in findings(item)),
        picture=_bars(names, item),
        answers=answers[:MOST_RESPONSES],
        more=len(answers) - MOST_RESPONSES,
        has_thirds=item.thirds is not None,
    )


def _bars(names: "_Names", item: ItemFigures) -> str:
    if not item.responses:
        return ""
    right = _("earns marks")
    picture = answer_bars(
        [
            Bar(response_name(one.key), one.share, f"{percent(one.share)} ({one.count})", right if one.is_right else "")
            for one in item.responses[:MOST_BARS]
        ],
        title=_("Answers: %(name)s") % {"name": names.name(item)},
        description=_("How often each answer was given. The table has the same numbers."),
    )
    return mark_safe(picture)  # noqa: S308 - `charts` escapes every word


def _answer(response: ResponseFigures, has_thirds: bool) -> Answer:
    worth = {None: "", True: _("yes"), False: _("no")}[response.is_right]
    return Answer(
        response_name(response.key), response.count, percent(response.share),
        response.thirds if has_thirds else (), worth,
    )  # fmt: skip


def response_name(key) -> str:
    """Name a class of responses."""
    if key is None:
        return _("No answer")
    return _("Another answer") if key == OTHER else str(key)


# --- names ------------------------------------------------------------------------------------------------------------


class _Names:
    """What slots, questions and versions are called; three queries."""

    def __init__(self, quiz: QuizPage, figures: QuizFigures):
        slots = QuizSlot.objects.filter(quiz=quiz.pk).select_related("question", "category")
        self.slots = {str(slot.pk): slot for slot in slots}
        items = list(_all(figures.items)) + list(_all(figures.drawn))
        questions = {item.key for item in items if item.level == "question"}
        versions = {item.key for item in items if item.level == "version"}
        versions |= {slot.pinned_version_id for slot in self.slots.values()} - {None}
        self.questions = dict(Question.objects.filter(pk__in=questions).values_list("pk", "name"))
        self.versions = dict(QuestionVersion.objects.filter(pk__in=versions).values_list("pk", "number"))
        self.labels = {item.key: str(place) for place, item in enumerate(figures.items, start=1)}

    def address(self, item: ItemFigures) -> str:
        """Return what names an item in an address."""
        return f"q{item.key}" if item.level == "question" else str(item.key)

    def label(self, item: ItemFigures) -> str:
        """Return the number of a slot's place; empty for what has none."""
        return self.labels.get(item.key, "") if item.level == "slot" else ""

    def name(self, item: ItemFigures) -> str:
        if item.level == "version":
            return _("Version %(number)s") % {"number": self.versions.get(item.key, "?")}
        if item.level == "question":
            return self.questions.get(item.key, _("A question that is gone"))
        slot = self.slots.get(str(item.key).partition(".")[0])
        if slot is None:
            return _("A place that the quiz no longer has")
        if slot.question_id:
            return slot.question.name
        return _("drawn from “%(category)s”") % {"category": slot.category.name}

    def text(self, item: ItemFigures) -> str:
        """Return the newest wording of the one question that an item is about, in plain words; empty for draws."""
        slot = self.slots.get(str(item.key).partition(".")[0]) if item.level == "slot" else None
        question = item.key if item.level == "question" else slot.question_id if slot else None
        if question is None:
            return ""
        wording = QuestionVersion.objects.filter(question=question, is_ready=True).order_by("-number").first()
        return markup.plain(wording.data["text"]) if wording else ""


def _all(items: Iterable[ItemFigures]) -> Iterator[ItemFigures]:
    for item in items:
        yield item
        yield from _all(item.parts)


# --- the table to take away -------------------------------------------------------------------------------------------


def table_header() -> list[str]:
    """Return the titles of the columns of `table_rows`."""
    figures = [str(ITEM_WORDS[name].label) for name in SHARES]
    return [
        _("Place"),
        pgettext("of a quiz", "Question"),
        _("Part"),
        _("Attempts"),
        _("Maximum mark"),
        *figures,
        _("What looks faulty"),
    ]


def table_rows(quiz: QuizPage, figures: QuizFigures) -> list[tuple]:
    """Return a row for each place, and for the questions and versions in it; shares are numbers from 0 to 1."""
    names, rows = _Names(quiz, figures), []
    for item in figures.items:
        rows.append(_table_row(names, item, names.label(item), names.name(item), ""))
        for part in item.parts:
            rows.append(_table_row(names, part, names.label(item), names.name(item), names.name(part)))
            rows += [_table_row(names, one, names.label(item), names.name(part), names.name(one)) for one in part.parts]
    return rows


def _table_row(names: _Names, item: ItemFigures, label: str, name: str, part: str) -> tuple:
    shares = [getattr(item, column) for column in SHARES]
    said = " ".join(finding_words(one, response_name) for one in findings(item))
    marks = "" if item.max_mark is None else item.max_mark
    return (label, name, part, item.attempts, marks, *("" if one is None else round(one, 4) for one in shares), said)
