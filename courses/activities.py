"""The contract of everything learnable. A kind of activity is a page that inherits `ActivityMixin`; an app above this
one records evidence through `completion.services.record`. Neither this app nor `completion` knows which kinds exist."""

import functools
from collections import Counter
from collections.abc import Iterable

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

from .forms import ActivityForm
from .outlines import OutlineActivity
from .panels import ChangePanel


class CompletionRule(models.TextChoices):
    """What completes an activity; `completion.policy` decides each from evidence alone."""

    READ = "read", _("read to the end, with a minimum of reading time")
    DECLARED = "declared", _("the learner says so")
    GRADED = "graded", _("a mark was given, whichever it is")
    PASSED = "passed", _("the pass mark was reached")
    WATCHED = "watched", _("a share of the recording was watched")
    SUBMITTED = "submitted", _("work was handed in")
    ATTEMPTS = "attempts", _("passed, or all attempts used")
    CONFIRMED = "confirmed", _("an organiser confirms it")


class ChangeEffect(models.TextChoices):
    """Whom a published change of structure or rules touches; finished stays finished except with EVERYONE."""

    COSMETIC = "cosmetic", _("cosmetic: nobody has to do anything again")
    NEW = "new", _("for new learners only")
    EVERYONE = "everyone", _("for everyone again, by a date")


class CarriesChange(models.Model):
    """Whom publishing a page touches: the editor's answer travels with the revision; see `change_asking`."""

    change_effect = models.CharField(
        _("whom the change touches"), max_length=8, choices=ChangeEffect, blank=True, editable=False
    )
    change_due = models.DateField(_("to be done again until"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class ActivityMixin(CarriesChange):
    """Fields and questions that every activity page answers."""

    activity_kind = ""  # short name of the kind, kept in editions: "lesson", "quiz"
    activity_icon = "book"  # name of an icon in the sprite
    completion_rules: tuple[CompletionRule, ...] = ()  # the rules that this kind can fulfil; the first is the default

    parent_page_types = ["courses.ModulePage"]
    subpage_types: list[str] = []
    private_page_options: list[str] = []  # the course's sharing and the access policies decide, not page privacy
    base_form_class = ActivityForm

    title: str  # of the page that inherits this

    required = models.BooleanField(
        _("required"), default=True, help_text=_("Optional activities do not count towards finishing the course.")
    )
    planned_minutes = models.PositiveSmallIntegerField(
        _("planned minutes"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
        help_text=_("Honest time for an average reader. The sum makes the JP of the course."),
    )
    completion_rule = models.CharField(
        _("complete when"),
        max_length=10,
        choices=CompletionRule,
        blank=True,
        help_text=_("What the learner must do to get the tick. The usual choice suits most pages."),
    )

    condition = models.JSONField(
        _("access condition"),
        default=dict,
        blank=True,
        help_text=_("Who may open this page, and when. Empty: everyone who is enrolled."),
    )
    hidden_until_met = models.BooleanField(
        _("hide while the condition is not met"),
        default=False,
        help_text=_("Otherwise learners see the title, a lock and the reason."),
    )

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if self.completion_rule and self.completion_rule not in self.completion_rules:
            raise ValidationError({"completion_rule": _("This kind of page cannot be completed in that way.")})

    def activity_rule(self) -> dict:
        """Return the rule as editions keep it: `{"rule": <CompletionRule>, …its values}`; JSON, no marks of people."""
        return {"rule": self.completion_rule or self.completion_rules[0].value}

    activity_panels = [
        MultiFieldPanel(
            [ChangePanel(), FieldPanel("required"), FieldPanel("planned_minutes"), FieldPanel("completion_rule")],
            heading=_("Completion"),
            help_text=_("A change here makes a new edition of the course; learners who finished stay finished."),
        ),
        MultiFieldPanel([FieldPanel("condition"), FieldPanel("hidden_until_met")], heading=_("Access")),
    ]


def counted(activities: Iterable[OutlineActivity]) -> str:
    """Say how many there are of each kind, in the order in which a learner meets them: `7 lessons · 1 quiz`."""
    counts = Counter(activity.kind for activity in activities)
    names = {kind: _names_of_kinds()[kind] for kind in counts if kind in _names_of_kinds()}
    return " · ".join(f"{counts[kind]} {names[kind][counts[kind] != 1]}" for kind in names)


@functools.cache
def _names_of_kinds() -> dict[str, tuple]:
    """Return for each kind what one and what several of it are called; kinds of other apps are asked of the models."""
    kinds = [model for model in apps.get_models() if issubclass(model, ActivityMixin)]
    return {kind.activity_kind: (kind._meta.verbose_name, kind._meta.verbose_name_plural) for kind in kinds}
