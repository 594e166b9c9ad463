"""What courses would ask of their learners after a step that an editor is about to take. Nothing is written."""

from collections.abc import Iterable, Mapping
from typing import Any

from wagtail.models import Page
from wagtail.query import PageQuerySet

from . import changes, queries
from .activities import ActivityMixin
from .changes import Asked, Change, Touched
from .models import CoursePage, ModulePage


class Prospect:
    """One course as it would be: modules by their path in the tree, and what its live activities ask."""

    def __init__(self, course: CoursePage):
        self.course, self.live, self.rule = course, course.live, course.course_rule()
        self.modules = dict(ModulePage.objects.child_of(course).values_list("path", "live"))
        self._activities = {
            page.pk: (page.path[: -Page.steplen], _asked(page))
            for page in Page.objects.descendant_of(course).filter(depth=course.depth + 2).live().specific()
            if isinstance(page, ActivityMixin)
        }
        self._coming: dict[int, Asked] = {}

    def publish(self, page: Page, place: str, key: int) -> None:
        """Let a page be live as it is given, at a place in the tree; an activity goes by a key."""
        if isinstance(page, CoursePage):
            self.live, self.rule = True, page.course_rule()
        elif isinstance(page, ModulePage):
            self.modules[place] = True
        elif isinstance(page, ActivityMixin):
            self._activities[key] = (place[: -Page.steplen], _asked(page))

    def withdraw(self, page: Page) -> None:
        if isinstance(page, CoursePage):
            self.live = False
        elif isinstance(page, ModulePage):
            self.modules[page.path] = False
        else:
            self._activities.pop(page.pk, None)

    def take_in(self, coming: Mapping[int, Asked], destination: Page) -> None:
        """Let activities come with a module, or into one; what comes into a module that is not live is not asked."""
        if isinstance(destination, CoursePage) or self.modules.get(destination.path):
            self._coming.update(coming)

    def asked(self) -> dict[int, Asked]:
        standing = {key: asked for key, (module, asked) in self._activities.items() if self.modules.get(module)}
        return standing | self._coming

    def change(self) -> Change:
        """Return what differs from the latest edition; nothing where the course would make no new one."""
        edition, after = queries.latest_edition(self.course), self.asked()
        if edition is None or not self.live or not after:
            return Change()
        before, rule_before = changes.asked_by(queries.edition_rules(edition.pk)), queries.course_rule(edition.pk)
        return changes.compare(before, after, rule_before, self.rule)


class Prospects:
    """The courses that one step touches. Deleting is no step here: what a learner's edition names is not deleted."""

    def __init__(self, courses: Iterable[CoursePage] = ()):
        self._courses = {course.path: Prospect(course) for course in courses}

    def publish(self, page: Page, parent: Page | None = None) -> "Prospects":
        """Let a page be live as it is given, and its aliases; one that is not stored yet comes below `parent`."""
        place = page.path or f"{parent.path if parent else ''}{'-' * Page.steplen}"
        for path, key in [(place, page.pk or 0), *_aliases(page).values_list("path", "pk")]:
            if prospect := self._at(path):
                prospect.publish(page, path, key)
        return self

    def withdraw(self, page: Page) -> "Prospects":
        """Let a page be live no longer, and its aliases."""
        for one in (page, *_aliases(page).specific()):
            if prospect := self._at(one.path):
                prospect.withdraw(one)
        return self

    def move(self, page: Page, destination: Page) -> "Prospects":
        """Let a module or an activity go to another place with what is below it."""
        if isinstance(page, ModulePage | ActivityMixin):
            if left := self._at(page.path):
                left.withdraw(page)
            if reached := self._at(destination.path):
                reached.take_in(_live_in(page), destination)
        return self

    def copy(self, page: Page, destination: Page, *, whole: bool) -> "Prospects":
        """Let a live copy come, a `whole` one with the pages below; copies go by their originals' ids below zero."""
        reached = self._at(destination.path)
        if reached and (isinstance(page, ActivityMixin) or (isinstance(page, ModulePage) and whole)):
            reached.take_in({-key: asked for key, asked in _live_in(page).items()}, destination)
        return self

    def touched(self) -> dict[CoursePage, tuple[Change, Touched]]:
        """Return the courses in which a decision is asked for: something changes for learners, and there are some."""
        told: dict[CoursePage, tuple[Change, Touched]] = {}
        for prospect in self._courses.values():
            change = prospect.change()
            people = changes.touched(prospect.course.pk) if change.touches else Touched()
            if people.anybody:
                told[prospect.course] = (change, people)
        return told

    def _at(self, path: str) -> Prospect | None:
        """Return the course at or above a place as it would be."""
        known = next((one for course, one in self._courses.items() if path.startswith(course)), None)
        if known is None and (course := queries.courses_above(path).first()):
            known = self._courses[course.path] = Prospect(course)
        return known


def _asked(page: Any) -> Asked:
    return Asked(page.required, page.activity_rule())


def _live_in(page: Page) -> dict[int, Asked]:
    """Return what the live activities at or below a module or activity ask; nothing in a module that is not live."""
    if not page.live:
        return {}
    below = Page.objects.descendant_of(page, inclusive=True).live().specific()
    return {one.pk: _asked(one) for one in below if isinstance(one, ActivityMixin)}


def _aliases(page: Page) -> PageQuerySet:
    """Return the aliases of a page, which Wagtail publishes and withdraws with it."""
    return Page.objects.filter(alias_of=page.pk) if page.pk else Page.objects.none()
