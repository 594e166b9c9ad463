"""The marks of the people in care as a table: a row an attempt, a column a place of the quiz."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.zones import zone_label
from people.models import Post
from questions.queries import versions_by_id

from ..access import attempts_in_care
from ..figures import Columns, columns_of
from ..models import Attempt, AttemptQuestion, QuizPage, QuizSlot

PORTION = 500  # attempts that are read at a time


@dataclass(frozen=True)
class Table:
    """A header, and rows that are read while they are written; `attempts` says how many there are."""

    user: object
    columns: Columns
    header: list[str]
    ids: list[int]

    @property
    def attempts(self) -> int:
        return len(self.ids)

    def rows(self) -> Iterator[tuple]:
        """Yield the rows in the reader's language and zone: a stream is made after the middleware has left."""
        with translation.override(self.user.language), timezone.override(ZoneInfo(self.user.time_zone)):
            for start in range(0, len(self.ids), PORTION):
                yield from _rows(self.columns, self.ids[start : start + PORTION])


def table_of(user, quiz: QuizPage) -> Table:
    """Return the marks of the ended attempts at a quiz in a person's care."""
    columns = columns_of(quiz)
    slots = QuizSlot.objects.filter(quiz=quiz.pk).select_related("question", "category")
    names = {str(slot.pk): slot.question.name if slot.question_id else slot.category.name for slot in slots}
    zone = {"zone": zone_label(user.time_zone)}
    begun, submitted = _("Begun (%(zone)s)") % zone, _("Submitted (%(zone)s)") % zone
    header = [_("Name"), _("Unit"), _("Attempt"), _("State"), begun, submitted, _("Mark (%)"), _("Passed")]
    header += [
        f"{place}. {names[info.key.partition('.')[0]]} ({float(info.max_mark):g})"
        for place, info in enumerate(columns.infos, start=1)
    ]
    ended = attempts_in_care(user).filter(quiz=quiz).exclude(state__in=Attempt.OPEN_STATES)
    ids = ended.order_by("person__name", "person", "started_at", "pk").values_list("pk", flat=True)
    return Table(user, columns, header, list(ids))


def _rows(columns: Columns, ids: list[int]) -> Iterator[tuple]:
    attempts = Attempt.objects.filter(pk__in=ids).select_related("person").in_bulk()
    units = dict(
        Post.objects.current()
        .filter(is_main=True, person__in={one.person_id for one in attempts.values()})
        .values_list("person", "unit__name")
    )
    marks = _marks(columns, ids)
    for pk in ids:
        one = attempts[pk]
        yield (
            one.person.full_name,
            units.get(one.person_id, ""),
            one.number,
            one.get_state_display(),
            _moment(one.started_at),
            _moment(one.submitted_at),
            "" if one.score is None else round(float(one.score) * 100, 2),
            {True: _("yes"), False: _("no"), None: ""}[one.passed],
            *marks[pk],
        )


def _moment(moment) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""


def _marks(columns: Columns, ids: list[int]) -> dict[int, list]:
    """Return the marks of each attempt by column; empty where there is none."""
    found: dict[int, list] = {pk: [""] * len(columns.infos) for pk in ids}
    used: dict[int, dict[range, int]] = defaultdict(dict)
    rows = AttemptQuestion.objects.filter(attempt__in=ids).order_by("attempt", "position")
    read = list(rows.values_list("attempt", "slot", "version", "max_mark", "share_numerator", "share_denominator"))
    versions = versions_by_id(row[2] for row in read if row[1] is None)
    for attempt, slot, version, max_mark, top, bottom in read:
        place = columns.place(slot, None if slot else versions[version].question_id, used[attempt])
        if place is not None and top is not None:
            found[attempt][place] = round(float(Fraction(top, bottom) * Fraction(max_mark)), 4)
    return found
