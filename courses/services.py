"""Every write about the shape of a course: the outline row and the editions."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import PROTECT, ProtectedError
from django.utils import timezone
from wagtail.models import Page, Revision

from people.models import Person

from . import changes, queries, signals
from .activities import ActivityMixin
from .conditions import as_text
from .models import CourseEdition, CourseOutline, CoursePage, EditionActivity, ModulePage, ShelfPage
from .outlines import ActivityRule, Outline, OutlineActivity, OutlineModule, digest_of


def hold_course(course_id: int) -> CoursePage | None:
    """Return a course whose outline and editions stay as they are until the transaction ends; None where there is none.

    Who refreshes it and who enrols in it take turns, so that nobody is enrolled in an edition while it is replaced.
    """
    return CoursePage.objects.select_for_update(of=("self",), no_key=True).filter(pk=course_id).first()


@transaction.atomic
def refresh_course(*, course: CoursePage | int) -> CourseEdition | None:
    """Rebuild the outline of a course; make a new edition where structure or rules changed; return the latest edition.

    A course that is not live, or has nothing live in it, keeps its editions as they are.
    """
    course_id = course if isinstance(course, int) else course.pk
    page = hold_course(course_id)
    if page is None:
        return None
    before, edition = queries.outline(course_id), queries.latest_edition(course_id)
    built = _live_modules(page)
    outline = _store_outline(page, built, before)
    latest = edition
    if page.live and outline.activities:
        choice, was = _take_choice(page, built), _told_by(edition)
        latest = _settle_edition(page, outline, _rules(outline, built), edition)
        if choice and was and latest and latest != edition:
            change = changes.compare(
                was[0], changes.asked_by(queries.edition_rules(latest.pk)), was[1], queries.course_rule(latest.pk)
            )
            told = {"edition_id": latest.pk, "change": change, "choice": choice}
            signals.edition_chosen.send(sender=CoursePage, course_id=course_id, **told)
    if before is None or before.activity_ids != outline.activity_ids or latest != edition:
        signals.course_changed.send(sender=CoursePage, course_id=course_id)
    return latest


def _told_by(edition: CourseEdition | None) -> tuple[dict[int, changes.Asked], Mapping[str, Any]] | None:
    """Return what an edition asks in its activities and of the whole course, read before it may be replaced."""
    if edition is None:
        return None
    return changes.asked_by(queries.edition_rules(edition.pk)), queries.course_rule(edition.pk)


def _take_choice(course: CoursePage, built) -> changes.Choice | None:
    """Return whom editors chose that a change touches, and forget it: it holds for one change.

    What was answered for a step as a whole outweighs what the live pages bring along.
    """
    waiting = CourseOutline.objects.filter(pk=course.pk, choice__isnull=False)
    given = [changes.Choice.from_data(data) for data in waiting.values_list("choice", flat=True) if data]
    waiting.update(choice=None)
    pages = (course, *(page for module, activities in built for page in (module, *activities)))
    carriers: list[Any] = [page for page in pages if page.change_effect]
    choices = []
    for page in carriers:
        choices.append(changes.Choice(page.change_effect, page.change_due, _publisher_of(page)))
        type(page).objects.filter(pk=page.pk).update(change_effect="", change_due=None)
        for revision in Revision.objects.filter(pk__in={page.live_revision_id, page.latest_revision_id} - {None}):
            revision.content = {**revision.content, "change_effect": "", "change_due": None}
            revision.save(update_fields=["content"])
    return given[0] if given else changes.strongest(choices)


def keep_choice(*, courses: Iterable[CoursePage], choice: changes.Choice) -> None:
    """Note whom the step touches that is about to be taken; the refresh that follows it takes the note."""
    CourseOutline.objects.filter(course__in=courses).update(choice=choice.to_data())


def _publisher_of(page: Page) -> int | None:
    """Return who stands for what is published: who wrote the live revision, else the owner, else an administrator."""
    wrote = Revision.objects.filter(pk=page.live_revision_id).values_list("user", flat=True).first()
    return wrote or page.owner_id or Person.objects.filter(is_superuser=True).values_list("pk", flat=True).first()


def refresh_courses() -> int:
    """Refresh every course, each in its own transaction, for the clock; return how many.

    A page that was published by a process that was killed a moment later is found here.
    """
    course_ids = list(CoursePage.objects.order_by("pk").values_list("pk", flat=True))
    for course_id in course_ids:
        refresh_course(course=course_id)
    return len(course_ids)


# --- reading the tree ------------------------------------------------------------------------------------------------


def _live_modules(course: CoursePage) -> list[tuple[ModulePage, list[ActivityMixin]]]:
    """Return live modules that have live activities, in order; a few queries whatever the number of pages."""
    modules = list(ModulePage.objects.child_of(course).live().order_by("path"))
    activities: dict[str, list[ActivityMixin]] = {module.path: [] for module in modules}
    below = Page.objects.descendant_of(course).filter(depth=course.depth + 2).live().order_by("path").specific()
    for page in below:
        siblings = activities.get(page.path[: -Page.steplen])
        if siblings is not None and isinstance(page, ActivityMixin):
            siblings.append(page)
    return [(module, activities[module.path]) for module in modules if activities[module.path]]


def _path_of(page: Page) -> str:
    """Return the page's path on its site: `/katalog/…`."""
    parts = page.get_url_parts()
    return parts[2] if parts else ""


def _store_outline(course: CoursePage, built, before: Outline | None) -> Outline:
    """Write the outline row where it says something new."""
    outline = _outline(course, built)
    if outline != before:
        row = {"data": outline.to_data(), "built_at": timezone.now()}
        CourseOutline.objects.update_or_create(course=course, defaults=row)
    return outline


def _outline(course: CoursePage, built) -> Outline:
    shelf = ShelfPage.objects.filter(path=course.path[: -Page.steplen]).first()
    outline = Outline(
        course_id=course.pk,
        title=course.title,
        url=_path_of(course),
        shelf_title=shelf.title if shelf else "",
        live=course.live,
        sharing=course.sharing,
        agency_id=shelf.agency_id if shelf else None,
        shared_agency_ids=tuple(sorted(agency.pk for agency in course.shared_agencies.all())),
        modules=tuple(_module(module, activities) for module, activities in built),
    )
    return Outline.from_data(course.pk, outline.to_data())


def _module(module: ModulePage, activities: list[ActivityMixin]) -> OutlineModule:
    entries = tuple(
        OutlineActivity(
            id=page.pk,
            kind=page.activity_kind,
            icon=page.activity_icon,
            title=page.title,
            url=_path_of(page),
            minutes=page.planned_minutes,
            required=page.required,
            **_condition(page),
        )
        for page in activities
    )
    return OutlineModule(module.pk, module.title, _path_of(module), entries, **_condition(module))


def _condition(page: ModulePage | ActivityMixin) -> dict[str, Any]:
    text = as_text(page.condition)
    return {"condition": text, "hidden_until_met": bool(text) and page.hidden_until_met}


def _rules(outline: Outline, built) -> list[ActivityRule]:
    pages = {page.pk: page for _module, activities in built for page in activities}
    return [
        ActivityRule(
            activity_id=activity.id,
            position=activity.position,
            module_title=module.title,
            title=activity.title,
            kind=activity.kind,
            required=activity.required,
            planned_minutes=activity.minutes,
            rule=pages[activity.id].activity_rule(),
        )
        for module in outline.modules
        for activity in module.activities
    ]


# --- editions --------------------------------------------------------------------------------------------------------


def _settle_edition(
    course: CoursePage, outline: Outline, rules: list[ActivityRule], latest: CourseEdition | None
) -> CourseEdition:
    """Return the edition that says what the course is now: the latest, an earlier one in use, or a new one."""
    course_rule = course.course_rule()
    digest = digest_of([module.id for module in outline.modules], rules, course_rule)
    if latest and latest.digest != digest and _discard_unused(latest):
        latest = queries.latest_edition(course)
    if latest and latest.digest == digest:
        return latest
    return _make_edition(course, digest, rules, course_rule, number=latest.number + 1 if latest else 1)


def _discard_unused(edition: CourseEdition) -> bool:
    """Delete an edition that nothing holds on to; say whether it went. One in use is protected by its enrolments.

    Those are asked for one row first: what refuses to delete would read all of them, a million perhaps.
    """
    holders = [one for one in edition._meta.related_objects if one.on_delete is PROTECT]
    if any(one.related_model._base_manager.filter(**{one.field.name: edition}).exists() for one in holders):
        return False
    try:
        with transaction.atomic():
            edition.delete()
    except ProtectedError:
        return False
    return True


def _make_edition(
    course: CoursePage, digest: str, rules: list[ActivityRule], course_rule: dict, *, number: int
) -> CourseEdition:
    edition = CourseEdition.objects.create(course=course, number=number, digest=digest, rule=course_rule)
    EditionActivity.objects.bulk_create(
        EditionActivity(
            edition=edition,
            activity_id=rule.activity_id,
            position=rule.position,
            module_title=rule.module_title,
            title=rule.title,
            kind=rule.kind,
            required=rule.required,
            planned_minutes=rule.planned_minutes,
            rule=rule.rule,
        )
        for rule in rules
    )
    queries.uncommitted_editions.add(edition.pk)
    transaction.on_commit(partial(queries.uncommitted_editions.discard, edition.pk))
    return edition
