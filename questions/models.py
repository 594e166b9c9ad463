"""What can be asked. A question is a name and a history of immutable versions; attempts keep the version they saw."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from taggit.models import TaggedItemBase


class Category(models.Model):
    """A folder of the bank, in a tree; without an agency it is shared by all."""

    agency = models.ForeignKey(
        "people.Agency", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    name = models.CharField(_("name"), max_length=150)

    class Meta:
        verbose_name = _("question category")
        verbose_name_plural = _("question categories")
        ordering = ["name"]
        constraints = [
            # NULLs are folded, because SQLite cannot be told that they are alike.
            models.UniqueConstraint(
                Coalesce(F("agency"), 0), Coalesce(F("parent"), 0), F("name"), name="category_name_once_in_its_place"
            )
        ]

    def __str__(self):
        return self.name


class QuestionTag(TaggedItemBase):
    content_object = ParentalKey("questions.Question", on_delete=models.CASCADE, related_name="tagged_items")


class Question(ClusterableModel):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        READY = "ready", _("ready")
        RETIRED = "retired", _("retired")

    category = models.ForeignKey(Category, models.PROTECT, related_name="questions", verbose_name=_("category"))
    kind = models.CharField(_("kind"), max_length=20)
    name = models.CharField(_("name"), max_length=200)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    idnumber = models.CharField(max_length=100, blank=True, help_text=_("The id in the file it came from."))
    tags = ClusterTaggableManager(through=QuestionTag, blank=True, verbose_name=_("tags"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["category", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "idnumber"], condition=~Q(idnumber=""), name="question_idnumber_once"
            )
        ]

    def __str__(self):
        return self.name


class QuestionVersion(models.Model):
    """One wording with its right answers, as the kind's `data` (see `questions.kinds`); never changed once made."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="versions", verbose_name=_("question"))
    number = models.PositiveIntegerField(_("version"))
    is_ready = models.BooleanField(_("ready"), default=True, help_text=_("A draft version is not drawn by quizzes."))
    data = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("question version")
        verbose_name_plural = _("question versions")
        ordering = ["question", "-number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="question_version_number_once")]

    def __str__(self):
        return f"{self.question} v{self.number}"
