"""What an editor may name in an access condition: things of the page's own course and of the agency of its shelf."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Page

from core.zones import Zone
from people.models import Audience, Post, Unit

from . import conditions
from .activities import ActivityMixin
from .conditions import Names, circle, prerequisites, references
from .models import CoursePage, ModulePage, ShelfPage
from .queries import courses_open_to_agencies, outline

Choice = tuple[int, str]


@dataclass(frozen=True)
class Choices:
    """What may be chosen, each with its id and label; `needs` says which pages of the course wait for which."""

    own_id: int = 0  # 0: a page that is not stored yet
    module_id: int = 0  # the module of an activity; 0 for a module itself
    course_id: int = 0
    zone: str = Zone.WIB
    activities: tuple[Choice, ...] = ()
    courses: tuple[Choice, ...] = ()
    units: tuple[Choice, ...] = ()
    groups: tuple[Choice, ...] = ()
    needs: dict[int, set[int]] = field(default_factory=dict)

    @property
    def by_kind(self) -> dict[str, tuple]:
        """Return the values that each kind of leaf may have, with their labels; moments are chosen freely."""
        posts = tuple((kind.value, str(kind.label)) for kind in Post.Kind)
        return {
            conditions.FINISHED: self.activities, conditions.MARK: self.activities,
            conditions.FINISHED_COURSE: self.courses, conditions.UNIT: self.units, conditions.POST_KIND: posts,
            conditions.GROUP: self.groups,
        }  # fmt: skip

    @property
    def names(self) -> Names:
        return {(kind, value): label.lstrip("— ") for kind, told in self.by_kind.items() for value, label in told}

    def problem_with(self, condition) -> str:
        """Say what is wrong with a condition that can be read; empty where nothing is."""
        for kind, value in references(condition):
            allowed = self.by_kind.get(kind)
            if allowed is not None and value not in {known for known, _label in allowed}:
                return _("A part of the condition names something that is not in this course or agency. Choose again.")
        needs = {**self.needs, self.own_id: prerequisites(condition) | ({self.module_id} - {0})}
        way = circle(needs, self.own_id)
        if way:
            names = dict(self.activities)
            titles = [names[pk] for pk in way[1:-1] if pk in names]
            return _("This goes in a circle: %(titles)s would wait for this page, and this page for it.") % {
                "titles": ", ".join(titles) or _("what is in it")
            }
        if self._waits_for_itself({value for kind, value in references(condition) if kind == "finished_course"}):
            return _("This goes in a circle: the other course waits for this one.")
        return ""

    def _waits_for_itself(self, course_ids: set[int]) -> bool:
        seen: set[int] = set()
        waiting = set(course_ids)
        while waiting - seen:
            course_id = (waiting - seen).pop()
            seen.add(course_id)
            live = outline(course_id)
            waiting |= {leaf.value for leaf in live.asked if leaf.kind == conditions.FINISHED_COURSE} if live else set()
        return self.course_id in seen


def choices_for(page: Page, parent: Page) -> Choices:
    """Return what the condition of a module or an activity may name; `parent` is where it stands or will stand."""
    is_module = isinstance(page, ModulePage)
    course = CoursePage.objects.filter(path=parent.path if is_module else parent.path[: -Page.steplen]).first()
    if course is None:
        return Choices()
    shelf = ShelfPage.objects.filter(path=course.path[: -Page.steplen]).select_related("agency").first()
    agency = shelf.agency if shelf else None
    pages: list[Any] = [
        one for one in course.get_descendants().specific() if isinstance(one, ActivityMixin | ModulePage)
    ]
    modules = {one.path: one.pk for one in pages if isinstance(one, ModulePage)}
    activities = [one for one in pages if isinstance(one, ActivityMixin)]
    needs = {one.pk: prerequisites(one.condition) for one in pages}
    for one in activities:
        needs[one.pk].add(modules[one.path[: -Page.steplen]])
    beside = [
        one for one in activities if one.pk != page.pk and not (is_module and one.path.startswith(page.path or "-"))
    ]
    courses = courses_open_to_agencies([agency.pk] if agency else []).exclude(pk=course.pk).order_by("title")
    units = Unit.objects.current().filter(agency=agency) if agency else Unit.objects.current().filter(parent=None)
    groups = Audience.objects.filter(agency=agency) if agency else Audience.objects.all()
    return Choices(
        own_id=page.pk or 0,
        module_id=0 if is_module else parent.pk,
        course_id=course.pk,
        zone=agency.time_zone if agency else Zone.WIB,
        activities=tuple((one.pk, one.title) for one in beside),
        courses=tuple(courses.values_list("pk", "title")),
        units=tuple((unit.pk, f"{'— ' * (unit.path.count('.') - 1)}{unit.name}") for unit in units),
        groups=tuple(groups.values_list("pk", "name")),
        needs=needs,
    )
