"""What is taught: the page tree Catalogue → shelf → course → module → activities, and the editions of a course."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.blocks import CharBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page, get_page_models
from wagtail.search import index

from .activities import ActivityMixin, CarriesChange, CompletionRule
from .blocks import LessonBody, SourcesBody
from .fields import BodyField
from .forms import CourseForm, LessonForm, ModuleForm
from .panels import COURSE_RULE_PANEL, WATCHED_PERCENT_PANEL, ChangePanel, ContentChecksPanel


class CataloguePage(Page):
    """The list of everything one may learn; its children are the agencies' shelves."""

    max_count = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["courses.ShelfPage"]
    template = "courses/catalogue.html"

    class Meta:
        verbose_name = _("catalogue")

    def get_context(self, request, *args, **kwargs):
        from .catalogue import catalogue_of

        return {**super().get_context(request, *args, **kwargs), "catalogue": catalogue_of(request)}


class ShelfPage(Page):
    """One agency's part of the catalogue. Editing permissions hang here: agencies cannot touch each other's pages."""

    agency = models.OneToOneField(
        "people.Agency",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="shelf",
        verbose_name=_("agency"),
        help_text=_("Empty: a shelf that belongs to all agencies."),
    )

    parent_page_types = ["courses.CataloguePage"]
    subpage_types = ["courses.CoursePage", "courses.PathPage"]
    private_page_options: list[str] = []
    template = "courses/shelf.html"
    # Its own editors may rename the shelf, not give it to others.
    content_panels = [*Page.content_panels, FieldPanel("agency", permission="superuser")]

    class Meta:
        verbose_name = _("shelf")

    def get_context(self, request, *args, **kwargs):
        from .contexts import shelf_context

        return {**super().get_context(request, *args, **kwargs), **shelf_context(self, request)}


class CourseTopic(TaggedItemBase):
    content_object = ParentalKey("courses.CoursePage", on_delete=models.CASCADE, related_name="tagged_items")


class CourseCompetency(Orderable):
    course = ParentalKey("courses.CoursePage", on_delete=models.CASCADE, related_name="competencies")
    competency = models.ForeignKey("people.Competency", models.PROTECT, related_name="+", verbose_name=_("competency"))
    level = models.PositiveSmallIntegerField(_("level"), choices=[(n, str(n)) for n in range(1, 6)], default=2)

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["course", "competency"], name="course_competency_once"),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=5), name="course_competency_level_1_5"),
        ]


class CoursePage(CarriesChange, Page):
    class Sharing(models.TextChoices):
        EVERYONE = "everyone", _("all agencies")
        OWN = "own", _("only this agency")
        CHOSEN = "chosen", _("this agency and those chosen")

    class EnrolmentMode(models.TextChoices):
        OPEN = "open", _("anyone who may open it can enrol")
        APPROVAL = "approval", _("on request, with approval")
        KEY = "key", _("with a key")
        ASSIGNED = "assigned", _("only people it is assigned to")

    class Approver(models.TextChoices):
        SUPERVISOR = "supervisor", _("the direct supervisor")
        ORGANISER = "organiser", _("an organiser of the course's agency")

    class CompletionMode(models.TextChoices):
        ALL = "all", _("all required activities")
        ANY = "any", _("a number of the required activities")

    class Form(models.TextChoices):
        """Forms of learning as the JP table names them (PerLAN 10/2018); what each is worth stands in dated rows."""

        FORMAL = "formal", _("formal education")
        LEADERSHIP = "leadership", _("structural leadership training")
        TRAINING = "training", _("managerial, technical, functional or sociocultural training")
        SEMINAR = "seminar", _("seminar or conference")
        WORKSHOP = "workshop", _("workshop")
        COURSE = "course", _("course or technical guidance")
        BRIEFING = "briefing", _("information session")
        COACHING = "coaching", _("coaching")
        MENTORING = "mentoring", _("mentoring")
        ELEARNING = "elearning", _("e-learning")
        DISTANCE = "distance", _("distance training")
        SECONDMENT = "secondment", _("secondment")
        OUTBOUND = "outbound", _("outdoor learning")
        BENCHMARKING = "benchmarking", _("benchmarking")
        EXCHANGE = "exchange", _("exchange with the private sector")
        SELF_STUDY = "self_study", _("self-study")
        COMMUNITY = "community", _("community of practice")
        ON_THE_JOB = "on_the_job", _("guidance at the workplace")
        INTERNSHIP = "internship", _("internship")

    class Pattern(models.TextChoices):
        KAWUNG = "kawung", "Kawung"
        TUMPAL = "tumpal", "Tumpal"
        SONGKET = "songket", "Songket"
        WEAVE = "weave", _("Papuan weave")
        UKIR = "ukir", _("Kaili carving")

    class Colour(models.TextChoices):
        ETIKA = "etika", _("deep teal")
        WAKTU = "waktu", _("earth")
        DIGITAL = "digital", _("indigo")
        KELUHAN = "keluhan", _("plum")
        STANDAR = "standar", _("forest")

    summary = models.CharField(
        _("summary"), max_length=200, help_text=_("One or two sentences for the catalogue card.")
    )
    introduction = RichTextField(
        _("introduction"),
        blank=True,
        features=["bold", "italic", "link", "ul", "ol"],
        help_text=_("What the course is about and how it is used, in two or three short paragraphs."),
    )
    aims = StreamField(
        [("aim", CharBlock(label=_("Aim"), max_length=200))],
        verbose_name=_("aims"),
        blank=True,
        help_text=_("What a learner can do afterwards; one each."),
    )
    level = models.PositiveSmallIntegerField(
        _("level"),
        choices=[(n, str(n)) for n in range(1, 6)],
        default=2,
        help_text=_("1: knows the basics … 5: leads others in it."),
    )
    audience = models.CharField(
        _("audience"), max_length=200, blank=True, help_text=_("For whom, for example: officers at a service counter.")
    )
    cover_picture = models.ForeignKey(
        "library.Picture",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cover picture"),
        help_text=_("Empty: a pattern is drawn by rule."),
    )
    cover_pattern = models.CharField(_("cover pattern"), max_length=10, choices=Pattern, default=Pattern.KAWUNG)
    cover_colour = models.CharField(_("cover colour"), max_length=10, choices=Colour, default=Colour.ETIKA)
    sharing = models.CharField(
        _("open to"),
        max_length=8,
        choices=Sharing,
        default=Sharing.EVERYONE,
        help_text=_("Whom the catalogue shows this course. Lessons always ask to sign in."),
    )
    shared_agencies = ParentalManyToManyField(
        "people.Agency",
        blank=True,
        related_name="+",
        verbose_name=_("agencies"),
        help_text=_("Only where the course is open to chosen agencies."),
    )
    enrolment_mode = models.CharField(_("enrolment"), max_length=8, choices=EnrolmentMode, default=EnrolmentMode.OPEN)
    approver = models.CharField(_("who approves"), max_length=10, choices=Approver, default=Approver.SUPERVISOR)
    enrolment_key = models.CharField(_("enrolment key"), max_length=60, blank=True)
    capacity = models.PositiveIntegerField(
        _("places"),
        null=True,
        blank=True,
        help_text=_("Empty: as many as wish. People who left give their place back."),
    )
    completion_mode = models.CharField(
        _("complete with"), max_length=3, choices=CompletionMode, default=CompletionMode.ALL
    )
    completion_count = models.PositiveSmallIntegerField(
        _("how many"), null=True, blank=True, help_text=_("Only with “a number of the required activities”.")
    )
    minimum_grade = models.PositiveSmallIntegerField(
        _("least grade (%)"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=_("Mean of the best marks of required activities that are marked. Empty: no grade is asked."),
    )
    required_courses = ParentalManyToManyField(
        "self", blank=True, symmetrical=False, related_name="+", verbose_name=_("other courses to be complete")
    )
    minimum_days = models.PositiveSmallIntegerField(
        _("least days"), null=True, blank=True, help_text=_("Between enrolment and completion. Empty: no least time.")
    )
    needs_sign_off = models.BooleanField(
        _("an organiser signs off"), default=False, help_text=_("The course is complete once an organiser confirms it.")
    )
    form = models.CharField(
        _("form of learning"), max_length=14, choices=Form, default=Form.ELEARNING, help_text=_("Decides how JP count.")
    )
    is_international = models.BooleanField(_("international"), default=False)
    topics = ClusterTaggableManager(
        through=CourseTopic,
        blank=True,
        verbose_name=_("topics"),
        help_text=_("A few words, separated by commas; the catalogue filters by them."),
    )

    parent_page_types = ["courses.ShelfPage"]
    subpage_types = ["courses.ModulePage"]
    private_page_options: list[str] = []  # `sharing` decides
    base_form_class = CourseForm
    template = "courses/course.html"
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("introduction"),
        index.FilterField("sharing"),
    ]
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("introduction"),
        FieldPanel("aims"),
        FieldPanel("audience"),
        FieldPanel("topics"),
        FieldPanel("level"),
        InlinePanel("competencies", heading=_("Competencies"), label=_("Competency"), max_num=8),
        MultiFieldPanel(
            [FieldPanel("cover_picture"), FieldPanel("cover_pattern"), FieldPanel("cover_colour")], heading=_("Cover")
        ),
    ]
    promote_panels: list = []  # no search engine and no site menu comes below the catalogue
    settings_panels = [
        ChangePanel(),
        MultiFieldPanel([FieldPanel("sharing"), FieldPanel("shared_agencies")], heading=_("Who may open it")),
        MultiFieldPanel(
            [
                FieldPanel("enrolment_mode"),
                FieldPanel("approver"),
                FieldPanel("enrolment_key"),
                FieldPanel("capacity"),
            ],
            heading=_("Enrolment"),
        ),
        COURSE_RULE_PANEL,
        FieldPanel("slug"),
        *Page.settings_panels,
    ]

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def course_rule(self) -> dict:
        """Return what completes the course as editions keep it: only what differs from “all required activities”.

        `{"mode": "any", "count": 2, "minimum_grade": 70, "courses": [ids], "minimum_days": 3, "sign_off": true}`
        """
        rule: dict = {}
        if self.completion_mode == self.CompletionMode.ANY:
            rule |= {"mode": self.CompletionMode.ANY.value, "count": self.completion_count or 1}
        if self.minimum_grade:
            rule["minimum_grade"] = self.minimum_grade
        if courses := sorted(course.pk for course in self.required_courses.all()):
            rule["courses"] = courses
        if self.minimum_days:
            rule["minimum_days"] = self.minimum_days
        if self.needs_sign_off:
            rule["sign_off"] = True
        return rule

    def get_context(self, request, *args, **kwargs):
        from .contexts import course_context

        return {**super().get_context(request, *args, **kwargs), **course_context(self, request)}


class PathPage(Page):
    """A learning path: courses that together make one programme with one certificate."""

    summary = models.CharField(
        _("summary"), max_length=200, help_text=_("One or two sentences for the catalogue card.")
    )
    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link", "ul", "ol"])
    is_ordered = models.BooleanField(
        _("in this order"),
        default=True,
        help_text=_("Each course opens when the required ones before it are complete."),
    )
    cover_pattern = models.CharField(
        _("cover pattern"), max_length=10, choices=CoursePage.Pattern, default=CoursePage.Pattern.SONGKET
    )
    cover_colour = models.CharField(
        _("cover colour"), max_length=10, choices=CoursePage.Colour, default=CoursePage.Colour.ETIKA
    )

    parent_page_types = ["courses.ShelfPage"]
    subpage_types: list[str] = []
    private_page_options: list[str] = []
    template = "courses/path.html"
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("introduction")]
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("introduction"),
        FieldPanel("is_ordered"),
        InlinePanel("steps", heading=_("Courses"), label=_("Course"), min_num=1),
        MultiFieldPanel([FieldPanel("cover_pattern"), FieldPanel("cover_colour")], heading=_("Cover")),
    ]
    promote_panels: list = []
    settings_panels = [FieldPanel("slug"), *Page.settings_panels]

    class Meta:
        verbose_name = _("learning path")
        verbose_name_plural = _("learning paths")

    def get_context(self, request, *args, **kwargs):
        from .contexts import path_context

        return {**super().get_context(request, *args, **kwargs), **path_context(self, request)}


class PathStep(Orderable):
    path = ParentalKey(PathPage, on_delete=models.CASCADE, related_name="steps")
    course = models.ForeignKey(CoursePage, models.PROTECT, related_name="path_steps", verbose_name=_("course"))
    required = models.BooleanField(_("required"), default=True)
    milestone = models.CharField(
        _("milestone"), max_length=120, blank=True, help_text=_("What is reached with this course; shown as a heading.")
    )

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["path", "course"], name="path_course_once")]


class ModulePage(CarriesChange, Page):
    introduction = RichTextField(
        _("introduction"),
        blank=True,
        features=["bold", "italic", "link"],
        help_text=_("One or two sentences: what this module is for."),
    )
    condition = models.JSONField(_("access condition"), default=dict, blank=True)
    hidden_until_met = models.BooleanField(_("hide while the condition is not met"), default=False)

    parent_page_types = ["courses.CoursePage"]
    private_page_options: list[str] = []
    base_form_class = ModuleForm
    template = "courses/module.html"
    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    promote_panels: list = []
    settings_panels = [
        ChangePanel(),
        MultiFieldPanel([FieldPanel("condition"), FieldPanel("hidden_until_met")], heading=_("Access")),
        FieldPanel("slug"),
        *Page.settings_panels,
    ]

    class Meta:
        verbose_name = _("module")

    @classmethod
    def clean_subpage_models(cls):
        """Every kind of activity may stand here, also those of apps above this one; nothing else may."""
        return [model for model in get_page_models() if issubclass(model, ActivityMixin)]

    def get_context(self, request, *args, **kwargs):
        from .contexts import module_context

        return {**super().get_context(request, *args, **kwargs), **module_context(self, request)}


class LessonPage(ActivityMixin, Page):
    page_description = _("Something to read in five to fifteen minutes: text, pictures, cases, self-checks.")
    activity_kind = "lesson"
    activity_icon = "book"
    completion_rules = (
        CompletionRule.READ,
        CompletionRule.DECLARED,
        CompletionRule.WATCHED,
        CompletionRule.CONFIRMED,
    )

    base_form_class = LessonForm

    summary = models.CharField(
        _("summary"), max_length=250, blank=True, help_text=_("One sentence: what the learner takes from it.")
    )
    body = BodyField(LessonBody(), verbose_name=_("body"), blank=True)
    sources = BodyField(
        SourcesBody(),
        verbose_name=_("sources"),
        blank=True,
        help_text=_("Where the facts come from, and how sure we are."),
    )
    minimum_seconds = models.PositiveIntegerField(
        _("least reading time (seconds)"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(3600)],
        help_text=_("Empty: a quarter of the planned minutes."),
    )
    watched_percent = models.PositiveSmallIntegerField(
        _("share of the recording (%)"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Only with “a share of the recording was watched”."),
    )

    template = "courses/lesson.html"
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]
    content_panels = [
        ContentChecksPanel(),
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("body"),
        FieldPanel("sources"),
    ]
    promote_panels: list = []
    settings_panels = [
        *ActivityMixin.activity_panels,
        FieldPanel("minimum_seconds"),
        WATCHED_PERCENT_PANEL,
        FieldPanel("slug"),
        *Page.settings_panels,
    ]

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def get_context(self, request, *args, **kwargs):
        from .contexts import lesson_context

        return {**super().get_context(request, *args, **kwargs), **lesson_context(self, request)}

    def activity_rule(self) -> dict:
        rule = super().activity_rule()
        if rule["rule"] in (CompletionRule.READ, CompletionRule.WATCHED):
            rule["minimum_seconds"] = self.minimum_seconds or self.planned_minutes * 15
        if rule["rule"] == CompletionRule.WATCHED:
            rule["percent"] = self.watched_percent
        return rule


class CourseOutline(models.Model):
    """The live structure of a course in one row, so that a page needs no tree queries; rebuilt when pages change.

    `data` is what `outlines.Outline.to_data` writes: `{"title", "url", "shelf", "live", "sharing", "agency",
    "shared_agencies", "minutes", "modules": [{"id", "title", "url", "activities": [{"id", "kind", "icon", "title",
    "url", "minutes", "required"}]}]}`; urls are paths on the site, agencies are ids. Modules and activities with an
    access condition keep its text in "condition" and say in "hidden_until_met" whether it hides them.
    `choice` waits for the next refresh, which takes it (`changes.Choice.to_data`; NULL: none).
    """

    course = models.OneToOneField(CoursePage, models.CASCADE, primary_key=True, related_name="outline")
    data = models.JSONField()
    choice = models.JSONField(
        null=True, help_text="Whom a step touches that is more than publishing one page: moved, copied, many, loaded."
    )
    built_at = models.DateTimeField(default=timezone.now)


class CourseEdition(models.Model):
    """The structure and rules of a course as they were on a day. Never changed; one that nobody uses is replaced.

    What holds learners to an edition (an enrolment) protects it by its own foreign key.
    """

    course = models.ForeignKey(CoursePage, models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    rule = models.JSONField(default=dict, help_text="What completes the course; as `CoursePage.course_rule` gives it.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["course", "-number"]
        constraints = [models.UniqueConstraint(fields=["course", "number"], name="edition_number_once")]

    def __str__(self):
        return f"{self.course} ed. {self.number}"


def with_its_edition(collector, field, sub_objs, using):
    """Delete the editions that name a page together with it; an edition with learners in it refuses for all of them."""
    models.CASCADE(collector, field, sub_objs, using)
    collector.collect(CourseEdition.objects.using(using).filter(pk__in={row.edition_id for row in sub_objs}))


class EditionActivity(models.Model):
    """One activity of an edition with its rule. The page cannot be deleted while an edition in use names it."""

    edition = models.ForeignKey(CourseEdition, models.CASCADE, related_name="activities")
    activity = models.ForeignKey("wagtailcore.Page", with_its_edition, related_name="edition_entries")
    position = models.PositiveSmallIntegerField()
    module_title = models.CharField(max_length=255)
    title = models.CharField(max_length=255)
    kind = models.CharField(max_length=20)
    required = models.BooleanField()
    planned_minutes = models.PositiveSmallIntegerField()
    rule = models.JSONField()

    class Meta:
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "activity"], name="edition_activity_once"),
            models.UniqueConstraint(fields=["edition", "position"], name="edition_position_once"),
        ]


class LoadedContent(models.Model):
    """What `load_content` made of a file, by which it tells its own pages from those an editor has changed since."""

    key = models.CharField(max_length=255, unique=True, help_text="Path without the numbers that only order.")
    page = models.OneToOneField(
        "wagtailcore.Page", models.SET_NULL, null=True, related_name="loaded_content", help_text="NULL: deleted since."
    )
    path = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    live = models.BooleanField()
    revision_id = models.PositiveBigIntegerField(help_text="A plain number: old revisions may be purged.")

    class Meta:
        verbose_name = _("loaded content")
        verbose_name_plural = _("loaded content")

    def __str__(self):
        return self.path
