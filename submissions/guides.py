"""The marking guide of a task: criteria with points, and levels that say what earns how many."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

MOST_POINTS = 1000
MOST_CRITERIA = 12


class LevelBlock(blocks.StructBlock):
    points = blocks.IntegerBlock(label=_("Points"), min_value=0, max_value=MOST_POINTS)
    text = blocks.CharBlock(label=_("What earns them"), max_length=300)

    class Meta:
        label = _("Level")


class CriterionBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Criterion"), max_length=120)
    description = blocks.TextBlock(
        label=_("What to look at"), required=False, max_length=500, rows=2,
        help_text=_("Learners read it before they begin, and beside their mark."),
    )  # fmt: skip
    points = blocks.IntegerBlock(label=_("Points at most"), min_value=1, max_value=MOST_POINTS)
    levels = blocks.ListBlock(
        LevelBlock(), label=_("Levels"), default=[], max_num=6,
        help_text=_("From best to weakest. Markers may also give points between two levels."),
    )  # fmt: skip

    class Meta:
        icon = "tick"
        label = _("Criterion")
        label_format = "{title} ({points})"

    def clean(self, value):
        cleaned = super().clean(value)
        if not self.is_deferred_validation and any(level["points"] > cleaned["points"] for level in cleaned["levels"]):
            told = ValidationError(_("A level has more points than the criterion."))
            raise StructBlockValidationError(block_errors={"points": told})
        return cleaned


class GuideBlock(blocks.StreamBlock):
    criterion = CriterionBlock()

    class Meta:
        required = False
        max_num = MOST_CRITERIA


def criteria_of(guide) -> list[dict[str, Any]]:
    """Return a guide as it is frozen with handed-in work, in the shape of `questions.marking.points_by_criteria`:
    `[{"id", "text", "help", "points": "40", "levels": [{"points": "40", "text"}]}]`."""
    return [
        {
            "id": child.id or str(number),
            "text": child.value["title"],
            "help": child.value["description"],
            "points": str(child.value["points"]),
            "levels": [{"points": str(level["points"]), "text": level["text"]} for level in child.value["levels"]],
        }
        for number, child in enumerate(guide, start=1)
    ]


def usual_guide() -> list[dict[str, Any]]:
    """Return the guide with which a new task begins, in the shape of raw stream data: something done at work."""
    return [stream_criterion(*criterion) for criterion in USUAL]


def stream_criterion(title: str, description: str, points: int, levels) -> dict[str, Any]:
    """Return one criterion as raw stream data; `levels` are pairs of points and words."""
    told = [{"points": earned, "text": str(words)} for earned, words in levels]
    return {
        "type": "criterion",
        "value": {"title": str(title), "description": str(description), "points": points, "levels": told},
    }


USUAL = [
    (
        _("It was done at work"),
        _("What was done, where and with whom can be seen from the text and the evidence."),
        40,
        [
            (40, _("Done completely; the evidence shows it.")),
            (25, _("Done in part, or the evidence leaves questions.")),
            (10, _("Planned only.")),
        ],
    ),
    (
        _("It uses what the course teaches"),
        _("Terms, steps and rules of the course are applied correctly."),
        30,
        [
            (30, _("Applied correctly and with a reason.")),
            (20, _("Applied, with small mistakes.")),
            (5, _("Hardly recognisable.")),
        ],
    ),
    (
        _("What came of it, and what is next"),
        _("The effect on citizens or colleagues, what was learnt, and the next step."),
        30,
        [
            (30, _("Concrete effect, honest lesson, a next step with a date.")),
            (20, _("Effect or lesson stay general.")),
            (5, _("Missing.")),
        ],
    ),
]
