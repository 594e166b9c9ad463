"""What follows from the facts: progress rows, the enrolment's columns, and the news of it.

An enrolment's row is locked first: two writers of one learner take turns.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from courses.queries import course_rule, outline, withdrawn_activities
from people.models import Post

from ..facts import facts_of, sign_offs
from ..models import Achievement, ActivityEvent, ActivityProgress, Completion, Enrolment, PathEnrolment
from ..policy import CourseFacts
from ..signals import activity_completed, announce, course_completed
from ..states import ENROLMENT_FIELDS, Progress, ProgressRow, enrolment_values, progress_values
from .achieving import achieve_courses, undo_achievements
from .path_progress import follow_paths

BATCH = 500
MOST_ALIKE, FEW = 30, 20  # kinds of change written one by one, each shared by more than a few rows
WRITTEN_FIELDS = [*(name.removesuffix("_id") for name in ENROLMENT_FIELDS), "unit", "unit_at_completion"]


@transaction.atomic
def recompute(*, enrolment: Enrolment) -> Enrolment:
    """Work out all rows of an enrolment from its events again and return it; nothing changes where all was right."""
    locked = locked_enrolment(enrolment.pk)
    if change_columns(locked, {"signed_off_at": sign_offs([locked.pk]).get(locked.pk)}):
        locked.save(update_fields=["signed_off_at"])
    events = defaultdict(list)
    for event in locked.events.all():
        events[event.activity_id].append(event)
    rows = {row.activity_id: row for row in locked.progress.all()}
    for activity_id, told in events.items():
        _write_progress(locked, rows.setdefault(activity_id, _new_row(locked, activity_id)), told)
    for activity_id in rows.keys() - events.keys():
        rows.pop(activity_id).delete()
    _write_enrolment(locked, rows.values(), withdrawn_activities(locked.edition_id, outline(locked.course_id)))
    if locked.completion == Completion.COMPLETE:
        achieve_courses([locked])  # made already, unless the record is older than achievements
    else:
        undo_achievements(kind=Achievement.Kind.COURSE, enrolment_ids=[locked.pk])
    return bring_up_to_date(enrolment, locked)


def recompute_open(*, course_id: int) -> int:
    """Apply what left or came back to the live course to all enrolments that are not finished; return how many changed.

    Batches of 500, each its own transaction and a handful of queries.
    """
    open_ones = Enrolment.objects.filter(course_id=course_id).exclude(completion=Completion.COMPLETE)
    changed, last = 0, 0
    while ids := list(open_ones.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            changed += write_many(lock_many(Enrolment.objects.filter(pk__in=ids)))
        last = ids[-1]
    return changed


def follow_courses(*, person_ids: Iterable[int], course_ids: Iterable[int]) -> int:
    """Look again at the courses of some people that ask for one of some other courses; return how many changed.

    Called after the commit that completed the other course, so that nobody holds two enrolments of one person in the
    wrong order; what a process killed in between leaves undone, the next visit does.
    """
    told = set(course_ids)
    theirs = Enrolment.objects.filter(person__in=person_ids).order_by("pk").values_list("pk", "edition_id")
    waiting = [pk for pk, edition_id in theirs if told.intersection(course_rule(edition_id).get("courses", ()))]
    return _look_again(waiting)


def follow_clock() -> int:
    """Complete the enrolments for which only time was missing and is not any more; return how many changed.

    For the clock: one query on a small index when there are none.
    """
    over = Enrolment.objects.filter(waits_until__lte=timezone.now()).order_by("pk")
    return _look_again(list(over.values_list("pk", flat=True)))


def _look_again(enrolment_ids: list[int]) -> int:
    changed = 0
    for batch in batches(enrolment_ids):
        with transaction.atomic():
            changed += write_many(lock_many(Enrolment.objects.filter(pk__in=batch)))
    return changed


@transaction.atomic
def follow_person(*, person_id: int) -> int:
    """Let open enrolments follow a person to the unit of today; finished ones keep where they were finished.

    Two moves may be told in the wrong order: what counts is where the person is now, not what the news said.
    """
    held = lock_many(Enrolment.objects.filter(person_id=person_id, state=Enrolment.State.OPEN))
    unit_id = main_units([person_id]).get(person_id)
    PathEnrolment.objects.filter(person_id=person_id, state=PathEnrolment.State.OPEN).update(unit_id=unit_id)
    return Enrolment.objects.filter(pk__in=[enrolment.pk for enrolment in held]).update(unit_id=unit_id)


def locked_enrolment(enrolment_id: int) -> Enrolment:
    return Enrolment.objects.select_for_update(of=("self",)).select_related("person").get(pk=enrolment_id)


def lock_many(enrolments) -> list[Enrolment]:
    """Lock in one order, always: two that lock many do not wait for each other."""
    return list(enrolments.order_by("pk").select_for_update())


def _new_row(enrolment: Enrolment, activity_id: int) -> ActivityProgress:
    return ActivityProgress(enrolment=enrolment, activity_id=activity_id)


def progress_row(enrolment: Enrolment, activity_id: int) -> ActivityProgress:
    return enrolment.progress.filter(activity_id=activity_id).first() or _new_row(enrolment, activity_id)


def follow_activity(enrolment: Enrolment, activity_id: int) -> ActivityProgress:
    """Write what follows from the events of one activity: its progress row, then the enrolment's."""
    events = list(enrolment.events.filter(activity_id=activity_id))
    rows = {row.activity_id: row for row in enrolment.progress.all()}
    row = rows.setdefault(activity_id, _new_row(enrolment, activity_id))
    _write_progress(enrolment, row, events)
    _write_enrolment(enrolment, rows.values(), withdrawn_activities(enrolment.edition_id, outline(enrolment.course_id)))
    return row


def _write_progress(enrolment: Enrolment, row: ActivityProgress, events: list[ActivityEvent]) -> None:
    was = row.completion
    if not change_columns(row, progress_values(enrolment.edition_id, row.activity_id, events)) and row.pk:
        return
    row.save()
    if row.completion == Completion.COMPLETE != was:
        announce(
            activity_completed,
            ActivityProgress,
            enrolment_id=enrolment.pk,
            person_id=enrolment.person_id,
            activity_id=row.activity_id,
        )


def _write_enrolment(enrolment: Enrolment, rows: Iterable[ActivityProgress], withdrawn: frozenset[int]) -> bool:
    was = enrolment.completion
    changed = apply_values(enrolment, rows, withdrawn, facts_of([enrolment])[enrolment.pk])
    if changed:
        _follow_units([(enrolment, was)])
        enrolment.save(update_fields=WRITTEN_FIELDS)
        _settle_achievements([(enrolment, was)])
    return changed


def write_many(enrolments: list[Enrolment]) -> int:
    """Write what follows from the progress rows of many enrolments: three queries for each course and one update.

    Three more where a course asks for a grade or for other courses.
    """
    rows = defaultdict(list)
    for row in ProgressRow.read(ActivityProgress.objects.filter(enrolment__in=[one.pk for one in enrolments])):
        rows[row.enrolment_id].append(row)
    live = {course_id: outline(course_id) for course_id in {enrolment.course_id for enrolment in enrolments}}
    facts = facts_of(enrolments)
    before = {enrolment.pk: _columns(enrolment) for enrolment in enrolments}
    changed = [
        enrolment
        for enrolment in enrolments
        if apply_values(
            enrolment,
            rows[enrolment.pk],
            withdrawn_activities(enrolment.edition_id, live[enrolment.course_id]),
            facts[enrolment.pk],
        )
    ]
    turned = [(enrolment, before[enrolment.pk]["completion"]) for enrolment in changed]
    _follow_units(turned)
    write_changes(Enrolment, [(one, _differing(before[one.pk], _columns(one))) for one in changed])
    _settle_achievements(turned)
    return len(changed)


def _columns(enrolment: Enrolment) -> dict[str, Any]:
    return {name: getattr(enrolment, name) for name in (*ENROLMENT_FIELDS, "unit_id", "unit_at_completion_id")}


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in after.items() if before[name] != value}


def write_changes(model, changes: list[tuple[Any, dict[str, Any]]]) -> None:
    """Write new columns of many rows: one query for each kind of change that many share, few for the rest."""
    alike: dict[str, list[tuple[Any, dict[str, Any]]]] = defaultdict(list)
    for row, values in changes:
        alike[repr(sorted(values.items()))].append((row, values))
    kinds = sorted(alike.values(), key=len, reverse=True)
    shared = [kind for kind in kinds[:MOST_ALIKE] if len(kind) > FEW]
    for kind in shared:
        model.objects.filter(pk__in=[row.pk for row, _values in kind]).update(**kind[0][1])
    rest = [one for kind in kinds[len(shared) :] for one in kind]
    names = sorted({name.removesuffix("_id") for _row, values in rest for name in values})
    if names:
        model.objects.bulk_update([row for row, _values in rest], names, batch_size=BATCH)


def _follow_units(turned: list[tuple[Enrolment, int]]) -> None:
    """Let whose course is open again be followed from where they work today: they may have moved since."""
    again = [enrolment for enrolment, was in turned if enrolment.completion != Completion.COMPLETE == was]
    units = main_units([enrolment.person_id for enrolment in again]) if again else {}
    for enrolment in again:
        enrolment.unit_id = units.get(enrolment.person_id)


def _settle_achievements(changed: list[tuple[Enrolment, int]]) -> None:
    """Make the achievements of what has just become complete, undo those of what is complete no more."""
    done = Completion.COMPLETE
    achieve_courses([enrolment for enrolment, was in changed if enrolment.completion == done != was])
    if undone := [enrolment.pk for enrolment, was in changed if enrolment.completion != done == was]:
        undo_achievements(kind=Achievement.Kind.COURSE, enrolment_ids=undone)
    if turned := {enrolment.person_id for enrolment, was in changed if enrolment.completion != was}:
        follow_paths(turned)
    if ended := [enrolment for enrolment, was in changed if (enrolment.completion == done) != (was == done)]:
        told = {"person_ids": {one.person_id for one in ended}, "course_ids": {one.course_id for one in ended}}
        transaction.on_commit(partial(follow_courses, **told), robust=True)


def apply_values(enrolment: Enrolment, rows: Iterable[Progress], withdrawn: frozenset[int], facts: CourseFacts) -> bool:
    """Change the enrolment's columns to what follows; freeze the unit and announce where that finished the course."""
    was = enrolment.completion
    changed = change_columns(enrolment, enrolment_values(enrolment, rows, withdrawn, facts))
    if enrolment.completion == Completion.COMPLETE != was:
        enrolment.unit_at_completion_id = enrolment.unit_id
        announce(
            course_completed,
            Enrolment,
            enrolment_id=enrolment.pk,
            person_id=enrolment.person_id,
            course_id=enrolment.course_id,
        )
    elif enrolment.completion != Completion.COMPLETE == was:
        enrolment.unit_at_completion_id = None
    return changed


def change_columns(row, values: Mapping[str, Any]) -> bool:
    changed = False
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def batches(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def main_units(person_ids: list[int]) -> dict[int, int]:
    posts = Post.objects.current().filter(person__in=person_ids, is_main=True).order_by("pk")
    return dict(posts.values_list("person", "unit"))


def tell(enrolment: Enrolment, locked: Enrolment, row: ActivityProgress) -> ActivityProgress:
    bring_up_to_date(enrolment, locked)
    return row


def bring_up_to_date(enrolment: Enrolment, locked: Enrolment) -> Enrolment:
    """Bring the caller's object to what was written: it may be shown next."""
    for field in Enrolment._meta.concrete_fields:
        setattr(enrolment, field.attname, getattr(locked, field.attname))
    return enrolment
