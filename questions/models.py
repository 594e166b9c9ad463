"""What can be asked. A question is a name and a history of immutable versions; attempts keep the version they saw."""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
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
    is_shared = models.BooleanField(
        _("shared with all agencies"), default=False,
        help_text=_("They read and ask its questions, with all categories in it; only its own agency changes them."),
    )  # fmt: skip

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
    default_mark = models.DecimalField(
        _("usual mark"), max_digits=7, decimal_places=2, default=1, validators=[MinValueValidator(0)],
        help_text=_("What it is worth where a quiz does not say otherwise."),
    )  # fmt: skip
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
            ),
            models.CheckConstraint(condition=Q(default_mark__gte=0), name="question_default_mark_not_negative"),
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


class ImportJob(models.Model):
    """A file of questions that somebody uploaded: checked first, then loaded as its owner chooses."""

    class State(models.TextChoices):
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        LOADING = "loading", _("being loaded")
        LOADED = "loaded", _("loaded")
        FAILED = "failed", _("not readable")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=255)  # as it was called where it came from
    stored_as = models.CharField(max_length=255)  # its name in the store; empty once it is thrown away
    format = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=State, default=State.CHECKING)
    as_draft = models.BooleanField(default=False)
    good_only = models.BooleanField(default=False)
    seen = models.PositiveIntegerField(default=0)  # questions read so far, in what is going on
    report = models.JSONField(default=dict)  # what the check found; see questions.importing.Report
    result = models.JSONField(default=dict)  # what the loading did, counted
    problem = models.TextField(blank=True)  # why the file could not be read, in the owner's language
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("import of questions")
        verbose_name_plural = _("imports of questions")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["created_at"], name="import_job_created_at")]

    def __str__(self):
        return self.file_name
