"""The form field of an access condition: nested groups with a script, a flat list of rows without one."""

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.zones import Zone

from . import condition_words, conditions
from .condition_choices import Choices
from .conditions import FROM, MARK, UNTIL, BadCondition
from .panels import ModuleScript

EMPTY_ROWS = 3  # below those filled, where no script adds more
KINDS = {
    conditions.FINISHED: gettext_lazy("Activity finished"),
    conditions.MARK: gettext_lazy("Mark at least"),
    conditions.FINISHED_COURSE: gettext_lazy("Course finished"),
    conditions.FROM: gettext_lazy("From a moment on"),
    conditions.UNTIL: gettext_lazy("Until a moment"),
    conditions.UNIT: gettext_lazy("Unit, with those below"),
    conditions.POST_KIND: gettext_lazy("Kind of position"),
    conditions.GROUP: gettext_lazy("Group of people"),
}


class ConditionWidget(forms.Widget):
    """Rows that work without a script, and what the script makes its tree of. Its value is a condition, or text."""

    template_name = "courses/admin/condition_widget.html"
    choices: Choices = Choices()

    @property
    def media(self):
        return forms.Media(css={"all": ["css/condition-form.css"]}, js=[ModuleScript("js/condition-form.js")])

    def _render(self, template_name, context, renderer=None):
        return render_to_string(template_name, context)

    def id_for_label(self, id_):
        return ""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        condition = _as_condition(value)
        rows = flat_rows(condition, self.choices.zone)
        return {
            **context,
            "tree": json.dumps(condition),
            "sentence": sentence(condition, self.choices),
            "is_flat": rows is not None,
            "joint": "any" if isinstance(condition, dict) and "any" in condition else "all",
            "rows": [*(rows or []), *[{"zone": self.choices.zone}] * EMPTY_ROWS],
            "options": self._options(),
            "zones": Zone.choices,
            "script": self._for_script(name),
        }

    def _options(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the options of one select by kind: `finished:12`, `post_kind:jpt`, `from:`."""
        return [
            (str(label), [(f"{kind}:{value}", f"{label}: {told}") for value, told in self.choices.by_kind[kind]])
            if kind in self.choices.by_kind
            else (str(label), [(f"{kind}:", str(label))])
            for kind, label in KINDS.items()
        ]

    def _for_script(self, name: str) -> dict[str, Any]:
        return {
            "id": f"{name}-choices",
            "data": {
                "kinds": [[kind, str(label)] for kind, label in KINDS.items()],
                "values": self.choices.by_kind,
                "zones": Zone.choices,
                "zone": self.choices.zone,
                "phrases": {
                    f"{'not_' if negated else ''}{kind}": told()
                    for (kind, negated), told in condition_words.LEAVES.items()
                },
                "words": {
                    "all": _("All of these hold"), "any": _("At least one of these holds"),
                    "none": _("None of these holds"), "not": _("not"), "add": _("Add a condition"),
                    "addGroup": _("Add a group"), "remove": _("Remove"), "what": _("What is asked"),
                    "value": _("Which one"), "percent": _("At least, in percent"), "at": _("Date and time"),
                    "zone": _("Time zone"), "how": _("How they belong together"), "choose": _("Choose …"),
                    "and": _(" and "), "or": _(" or "), "opens": _("Opens when %(condition)s."),
                    "nothing": _("Open to everyone who is enrolled."), "group": _("Group"),
                },
            },
        }  # fmt: skip

    def value_from_datadict(self, data, files, name):
        if data.get(f"{name}-clear"):
            return {}
        if data.get(f"{name}-mode") != "rows":
            return data.get(name, "")
        return self._from_rows(data, name)

    def _from_rows(self, data, name) -> dict:
        leaves = []
        for number in range(conditions.MOST_LEAVES):
            what = data.get(f"{name}-{number}-what", "")
            if not what:
                continue
            leaf = _leaf(what, {part: data.get(f"{name}-{number}-{part}", "") for part in ("percent", "at", "zone")})
            leaves.append({"not": leaf} if data.get(f"{name}-{number}-not") else leaf)
        if len(leaves) < 2:
            return leaves[0] if leaves else {}
        return {"any" if data.get(f"{name}-joint") == "any" else "all": leaves}

    def value_omitted_from_data(self, data, files, name):
        return name not in data and f"{name}-mode" not in data


def _leaf(what: str, parts: dict[str, str]) -> dict:
    """Return the leaf that a row says; one that says nothing sensible is refused when it is read."""
    kind, _colon, text = what.partition(":")
    if kind in (FROM, UNTIL):
        return {kind: _moment(parts["at"], parts["zone"])}
    value: Any = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else text
    if kind == MARK:
        percent = parts["percent"]
        return {MARK: value, "at_least": int(percent) if percent.isascii() and percent.isdigit() else None}
    return {kind: value}


def _moment(text: str, zone: str) -> str | None:
    try:
        local = dt.datetime.fromisoformat(text)
        return local.replace(tzinfo=ZoneInfo(zone if zone in Zone.values else Zone.WIB)).isoformat()
    except ValueError:
        return None


def flat_rows(condition: Any, zone: str) -> list[dict[str, Any]] | None:
    """Return the rows of a condition that a flat list can show; None for a nested one and for what cannot be read."""
    try:
        conditions.read(condition)
    except BadCondition:
        return None
    joined = next((condition[kind] for kind in ("all", "any") if kind in condition), [condition] if condition else [])
    rows = [_row(part, zone) for part in joined]
    known = [row for row in rows if row is not None]
    return known if len(known) == len(rows) else None


def _row(part: dict, zone: str) -> dict[str, Any] | None:
    negated = "not" in part
    leaf = part["not"] if negated else part
    if any(kind in leaf for kind in ("all", "any", "not")) or not leaf:
        return None
    kind = next(iter(set(leaf) & set(conditions.KINDS)))
    if kind not in (FROM, UNTIL):
        told = {"percent": leaf["at_least"]} if kind == MARK else {}
        return {"what": f"{kind}:{leaf[kind]}", "negated": negated, "zone": zone, **told}
    local = dt.datetime.fromisoformat(leaf[kind])
    same = next((one for one in Zone.values if local.astimezone(ZoneInfo(one)).utcoffset() == local.utcoffset()), None)
    local = local.astimezone(ZoneInfo(same or zone))
    return {"what": f"{kind}:", "negated": negated, "zone": same or zone, "at": local.strftime("%Y-%m-%dT%H:%M")}


def sentence(condition: Any, choices: Choices) -> str:
    """Say a condition plainly, for the editor."""
    try:
        return condition_words.told(conditions.read(condition), choices.names)
    except BadCondition:
        return condition_words.told(conditions.BROKEN_LEAF, {})


def _as_condition(value: Any) -> Any:
    """Return JSON values for a value of the widget: those of the page, or the text that was sent."""
    if not isinstance(value, str):
        return {} if value is None else value
    try:
        return json.loads(value or "{}")
    except (ValueError, RecursionError):
        return value


class ConditionField(forms.Field):
    """An access condition whose parts are of the page's own course and agency, and do not go in a circle.

    What stands on the page already may stay, also where it names what is there no more: it is closed, and says so.
    """

    widget = ConditionWidget

    def __init__(self, *, choices: Choices, stored: Any, **kwargs):
        super().__init__(required=False, **kwargs)
        self.choices, self.stored = choices, stored
        self.widget.choices = choices

    def clean(self, value):
        condition = _as_condition(value)
        if condition == self.stored:
            return condition
        try:
            conditions.read(condition)
        except BadCondition as error:
            raise ValidationError(
                _("The condition is incomplete. Fill in each row: what is asked, and which one.")
            ) from error
        problem = self.choices.problem_with(condition)
        if problem:
            raise ValidationError(problem)
        return condition

    def has_changed(self, initial, data):
        return _as_condition(data) != (initial or {})
