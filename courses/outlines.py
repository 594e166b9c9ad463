"""The shape of a course as plain values: what comes before and after, how long it takes, who may open it, and whether
its rules changed. Imports no Django, so that it can be read and tested with generated cases."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .conditions import Leaf, leaves_of, read_text

EVERYONE, OWN, CHOSEN = "everyone", "own", "chosen"


@dataclass(frozen=True)
class OutlineActivity:
    """One live activity; `position` counts from 1 through the whole course, `minutes` are the planned ones.

    `condition` is the text of its access condition (empty: none), as `conditions.read_text` reads it.
    """

    id: int
    kind: str
    icon: str
    title: str
    url: str
    minutes: int
    required: bool
    position: int = 0
    condition: str = ""
    hidden_until_met: bool = False


@dataclass(frozen=True)
class OutlineModule:
    """One live module with at least one live activity; its condition holds for all of them."""

    id: int
    title: str
    url: str
    activities: tuple[OutlineActivity, ...]
    condition: str = ""
    hidden_until_met: bool = False

    @property
    def minutes(self) -> int:
        return sum(activity.minutes for activity in self.activities)


@dataclass(frozen=True)
class Outline:
    """The live structure of a course. `agency_id` owns the shelf (None: a shelf of all agencies)."""

    course_id: int
    title: str
    url: str
    shelf_title: str = ""
    live: bool = True
    sharing: str = EVERYONE
    agency_id: int | None = None
    shared_agency_ids: tuple[int, ...] = ()
    modules: tuple[OutlineModule, ...] = ()

    @cached_property
    def activities(self) -> tuple[OutlineActivity, ...]:
        return tuple(activity for module in self.modules for activity in module.activities)

    @cached_property
    def _index(self) -> dict[int, int]:
        return {activity.id: index for index, activity in enumerate(self.activities)}

    @cached_property
    def activity_ids(self) -> frozenset[int]:
        return frozenset(self._index)

    @cached_property
    def minutes(self) -> int:
        """Planned minutes of everything in the course."""
        return sum(activity.minutes for activity in self.activities)

    @cached_property
    def required_minutes(self) -> int:
        """Planned minutes of what one must do: the programme JP of the course follows from these."""
        return sum(activity.minutes for activity in self.activities if activity.required)

    @property
    def total(self) -> int:
        return len(self.activities)

    @cached_property
    def required_total(self) -> int:
        return sum(activity.required for activity in self.activities)

    @cached_property
    def has_conditions(self) -> bool:
        return any(self._conditions)

    @cached_property
    def asked(self) -> frozenset[Leaf]:
        """What the access conditions of the course ask for."""
        return frozenset(leaf for text in self._conditions if text for leaf in leaves_of(read_text(text)))

    @property
    def _conditions(self) -> set[str]:
        return {module.condition for module in self.modules} | {activity.condition for activity in self.activities}

    def activity(self, activity_id: int) -> OutlineActivity | None:
        """Return the activity, or None where it is not (or no longer) a live part of the course."""
        index = self._index.get(activity_id)
        return None if index is None else self.activities[index]

    def previous(self, activity_id: int) -> OutlineActivity | None:
        """Return the activity before this one, across modules; None for the first or an unknown one."""
        index = self._index.get(activity_id)
        return self.activities[index - 1] if index else None

    def next(self, activity_id: int) -> OutlineActivity | None:
        """Return the activity after this one, across modules; None for the last or an unknown one."""
        index = self._index.get(activity_id)
        return None if index is None or index + 1 == self.total else self.activities[index + 1]

    def position(self, activity_id: int) -> int:
        """Return the place in the course counted from 1; 0 for an unknown activity."""
        return self._index.get(activity_id, -1) + 1

    def module(self, module_id: int) -> OutlineModule | None:
        return next((module for module in self.modules if module.id == module_id), None)

    def module_of(self, activity_id: int) -> OutlineModule | None:
        return next((module for module in self.modules if any(a.id == activity_id for a in module.activities)), None)

    def is_shared_with(self, agency_id: int | None, *, signed_in: bool) -> bool:
        """Say whether somebody of an agency (None: of no agency) may open the course; who is not signed in has none."""
        if self.sharing == EVERYONE:
            return True
        if not signed_in or self.sharing not in (OWN, CHOSEN):
            return False
        if self.agency_id is None or agency_id == self.agency_id:
            return True
        return self.sharing == CHOSEN and agency_id in self.shared_agency_ids

    @classmethod
    def from_data(cls, course_id: int, data: Mapping[str, Any]) -> "Outline":
        """Read what `to_data` wrote; positions are counted here."""
        position = 0
        modules = []
        for module in data["modules"]:
            activities = []
            for activity in module["activities"]:
                position += 1
                activities.append(OutlineActivity(**activity, position=position))
            modules.append(OutlineModule(**{**module, "activities": tuple(activities)}))
        return cls(
            course_id=course_id,
            title=data["title"],
            url=data["url"],
            shelf_title=data["shelf"],
            live=data["live"],
            sharing=data["sharing"],
            agency_id=data["agency"],
            shared_agency_ids=tuple(data["shared_agencies"]),
            modules=tuple(modules),
        )

    def to_data(self) -> dict[str, Any]:
        """Return JSON values as `CourseOutline.data` keeps them."""
        return {
            "title": self.title,
            "url": self.url,
            "shelf": self.shelf_title,
            "live": self.live,
            "sharing": self.sharing,
            "agency": self.agency_id,
            "shared_agencies": list(self.shared_agency_ids),
            "minutes": self.minutes,
            "modules": [
                {
                    "id": module.id,
                    "title": module.title,
                    "url": module.url,
                    "activities": [_activity_data(activity) for activity in module.activities],
                    **_condition_data(module),
                }
                for module in self.modules
            ],
        }


def _activity_data(activity: OutlineActivity) -> dict[str, Any]:
    names = ("id", "kind", "icon", "title", "url", "minutes", "required")
    return {**{name: getattr(activity, name) for name in names}, **_condition_data(activity)}


def _condition_data(part: OutlineActivity | OutlineModule) -> dict[str, Any]:
    """Return the condition of a part; nothing for most, so that the row stays small."""
    return {"condition": part.condition, "hidden_until_met": part.hidden_until_met} if part.condition else {}


@dataclass(frozen=True)
class ActivityRule:
    """One activity as an edition holds its learners to it; `rule` is a read-only mapping with the key "rule"."""

    activity_id: int
    position: int
    module_title: str
    title: str
    kind: str
    required: bool
    planned_minutes: int
    rule: Mapping[str, Any]


def digest_of(
    module_ids: Iterable[int], rules: Iterable[ActivityRule], course_rule: Mapping[str, Any] | None = None
) -> str:
    """Return what changes when an edition must: order, parts, required, kind, minutes, rules; not titles."""
    facts: list[Any] = [
        list(module_ids),
        [[r.activity_id, r.position, r.required, r.kind, r.planned_minutes, dict(r.rule)] for r in rules],
    ]
    if course_rule:  # the usual rule says nothing, so that editions from before there was another stay what they are
        facts.append(dict(course_rule))
    return hashlib.sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
