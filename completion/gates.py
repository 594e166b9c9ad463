"""Which parts of a course are open to a person now: the outline's access conditions, decided from the record.

Only what the conditions ask for is read, once for any number of courses and activities; nothing where none asks.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Protocol

from courses import condition_words, conditions
from courses.conditions import Facts, Leaf, Names, Node, Verdict
from courses.models import CoursePage
from courses.outlines import ActivityRule, Outline, OutlineActivity, OutlineModule
from people.audiences import audiences_of, unit_paths
from people.models import Audience, Post, Unit

from .models import Completion, Enrolment


class State(Protocol):
    """How far an activity is, as `queries.ActivityState` says."""

    @property
    def is_complete(self) -> bool: ...
    @property
    def score(self) -> Fraction | None: ...


@dataclass(frozen=True)
class Gate:
    """Whether an activity or a module is open; `unmet` is what its own condition lacks, `above` its module's."""

    is_open: bool = True
    is_hidden: bool = False
    unmet: Node | None = None
    above: Node | None = None
    names: Names = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Say when it opens."""
        verdicts = [Verdict(False, node) for node in (self.above, self.unmet) if node is not None]
        if not verdicts:
            return ""
        missing = conditions.both(*verdicts) if len(verdicts) == 2 else verdicts[0]
        return condition_words.closed(missing.unmet, self.names)

    @property
    def own_sentence(self) -> str:
        """Say what the part itself asks for, where its module's condition is told elsewhere."""
        return condition_words.closed(self.unmet, self.names) if self.unmet is not None else ""


OPEN = Gate()


def read_facts(person, asked: Iterable[Leaf], now: dt.datetime) -> Facts:
    """Return what is known of a person (None: of nobody) beyond one course's own activities.

    Two queries for other courses, four for units, one for kinds of position, nine for groups; none for what no
    condition asks.
    """
    wanted: dict[str, set] = {}
    for leaf in asked:
        wanted.setdefault(leaf.kind, set()).add(leaf.value)
    courses, units, groups = (wanted.get(kind, set()) for kind in ("finished_course", "unit", "group"))
    posts = _main_posts(person) if units or wanted.get("post_kind") else []
    return Facts(
        now=now,
        names=_names(courses, units, groups),
        finished_courses=_finished_courses(person, courses),
        units=_units(posts, units),
        post_kinds={post.kind for post in posts},
        groups=audiences_of(person) & groups if groups and person else frozenset(),
    )


def _names(courses: Set[int], units: Set[int], groups: Set[int]) -> dict[tuple[str, Any], str]:
    names: dict[tuple[str, Any], str] = {("post_kind", kind.value): str(kind.label) for kind in Post.Kind}
    asked: tuple[tuple[str, Set[int], Any, str], ...] = (
        ("finished_course", courses, CoursePage, "title"), ("unit", units, Unit, "name"),
        ("group", groups, Audience, "name"),
    )  # fmt: skip
    for kind, ids, model, name in asked:
        if ids:
            told = model.objects.filter(pk__in=ids).values_list("pk", name)
            names |= {(kind, pk): text for pk, text in told}
    return names


def _main_posts(person) -> list[Post]:
    return list(Post.objects.current().filter(person=person, is_main=True).select_related("unit")) if person else []


def _units(posts: list[Post], asked: Set[int]) -> set[int]:
    if not posts or not asked:
        return set()
    paths = unit_paths(asked)
    return {unit for unit, theirs in paths.items() if any(post.unit.path.startswith(theirs) for post in posts)}


def _finished_courses(person, courses: Set[int]) -> Set[int]:
    if not person or not courses:
        return frozenset()
    done = Enrolment.objects.filter(person=person, course__in=courses, completion=Completion.COMPLETE)
    return set(done.values_list("course", flat=True))


def gates_of(
    live: Outline, facts: Facts, states: Mapping[int, State], ruled: Iterable[ActivityRule] = ()
) -> dict[int, Gate]:
    """Return a gate for each activity and module of a course that is not simply open, by its id.

    `facts` are those of `read_facts`; `states` and `ruled` (the learner's edition) add the course's own activities.
    What is complete stays readable.
    """
    told = replace(
        facts,
        names={
            **facts.names,
            **{("finished", activity_id): "" for activity_id in states},
            **{("finished", rule.activity_id): rule.title for rule in ruled},
            **{("finished", activity.id): activity.title for activity in live.activities},
        },
        finished={activity_id for activity_id, state in states.items() if state.is_complete},
        marks={activity_id: state.score for activity_id, state in states.items() if state.score is not None},
    )
    gates: dict[int, Gate] = {}
    for module in live.modules:
        above = _verdict(module, told)
        inside = {one.id: _gate(one, module, above, told) for one in module.activities if one.id not in told.finished}
        gates |= {activity_id: gate for activity_id, gate in inside.items() if not gate.is_open}
        if not above.is_open:
            is_hidden = module.hidden_until_met and len(inside) == len(module.activities)
            gates[module.id] = Gate(False, is_hidden, unmet=above.unmet, names=told.names)
    return gates


def _gate(activity: OutlineActivity, module: OutlineModule, above: Verdict, facts: Facts) -> Gate:
    own = _verdict(activity, facts)
    is_hidden = (not own.is_open and activity.hidden_until_met) or (not above.is_open and module.hidden_until_met)
    return Gate(own.is_open and above.is_open, is_hidden, own.unmet, above.unmet, facts.names)


def _verdict(part: OutlineActivity | OutlineModule, facts: Facts) -> Verdict:
    return conditions.decide(conditions.read_text(part.condition), facts) if part.condition else conditions.OPEN
