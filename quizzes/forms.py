"""The editor's form of a quiz, and the little one by which its screen asks what the choices come to."""

from decimal import Decimal

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as spoken
from django.utils.translation import gettext_lazy as _
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.forms.models import WagtailAdminModelForm

from core.zones import zone_label
from courses.forms import ActivityForm
from questions.models import Category, Question, QuestionVersion
from questions.queries import bank_access, categories_visible, category_tree, questions_visible

from . import checks
from .review_field import ReviewField

# Hidden where they do nothing, so never asked for: empty is the usual value.
WITH_USUAL_VALUE = (
    "pass_mark", "attempts_allowed", "grading_method", "delay_minutes", "behaviour", "time_limit_minutes",
    "overdue_handling", "grace_minutes", "late_minutes", "questions_per_page", "marking_difference",
)  # fmt: skip
TIMES = ("opens_at", "closes_at")


def tag_names(text: str) -> tuple[str, ...]:
    """Return the tags of a comma-separated text."""
    return tuple(name for part in text.split(",") if (name := part.strip()))


def usual_mark(question) -> Decimal:
    """Return the mark of a slot whose editor named none."""
    return question.default_mark if question else Decimal(1)


class SlotForm(WagtailAdminModelForm):
    """A place of the quiz: a question, in a certain version if wished, or a draw from a category one may see."""

    def __init__(self, *args, bank=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.bank = bank
        if "question" in self.fields:
            self.fields["question"].widget.show_clear_link = False
        if "category" in self.fields and bank:
            self._offer_categories(bank)
        if "pinned_version" in self.fields:
            self._offer_versions()
        if "draw_count" in self.fields:
            self.fields["draw_count"].required = False
        if "max_mark" in self.fields:
            self.fields["max_mark"].required = False
            self.fields["max_mark"].help_text = _("Empty: the question's usual mark.")
            if not self.instance.question_id and not self.instance.category_id:  # a new row
                self.initial["max_mark"] = None
            elif isinstance(mark := self.initial.get("max_mark"), Decimal):
                self.initial["max_mark"] = f"{mark.normalize():f}"  # 10, not 10.00

    def _offer_categories(self, bank) -> None:
        field = self.fields["category"]
        field.queryset = bank.categories | Category.objects.filter(pk=self.instance.category_id)
        field.widget = forms.Select(choices=[("", _("Choose a category")), *bank.choices])
        if self.instance.category_id and self.instance.category_id not in dict(bank.choices):
            field.widget.choices.append((self.instance.category_id, str(self.instance.category)))

    def _offer_versions(self) -> None:
        asked = self["question"].value()
        question = int(asked) if str(asked or "").isdigit() else None
        field = self.fields["pinned_version"]
        field.queryset = QuestionVersion.objects.filter(question=question)
        versions = self.bank.versions.get(question, ()) if self.bank else ()
        field.widget = forms.Select(choices=version_choices(versions, keep=self.instance.pinned_version_id))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("question"):  # nothing is drawn: what stood there means nothing
            cleaned.update(draw_tags="", draw_count=1, with_subcategories=True)
        elif not self.has_error("draw_count"):
            cleaned["draw_count"] = cleaned.get("draw_count") or 1
        if cleaned.get("max_mark") is None and not self.has_error("max_mark"):
            cleaned["max_mark"] = usual_mark(cleaned.get("question"))
        return cleaned

    @property
    def wish(self) -> checks.Wish:
        given = self.cleaned_data
        return checks.Wish(
            question=given.get("question"),
            version=given.get("pinned_version"),
            category=given.get("category"),
            below=bool(given.get("with_subcategories")),
            tags=tag_names(given.get("draw_tags") or ""),
            count=given.get("draw_count") or 1,
            mark=given.get("max_mark") or Decimal(0),
        )


def version_choices(versions, *, keep: int | None = None) -> list[tuple]:
    """Return (id, words) of the versions that can be asked, newest first; one that stands in the slot already stays."""
    ready = [version for version in versions if version.is_ready]
    latest = spoken("always the latest ready version")
    if ready:
        latest = spoken("always the latest ready version (now version %(number)s)") % {"number": ready[0].number}
    offered = [version for version in versions if version.is_ready or version.pk == keep]
    return [("", latest), *((one.pk, spoken("version %(number)s") % {"number": one.number}) for one in offered)]


class Bank:
    """What one editor may choose from, read once for all slots of a form."""

    def __init__(self, user, question_ids):
        self.access = bank_access(user)
        self.question_ids = question_ids

    @cached_property
    def categories(self):
        return categories_visible(self.access)

    @cached_property
    def choices(self) -> list[tuple]:
        return [indented(branch) for branch in category_tree(self.categories)]

    @cached_property
    def versions(self) -> dict[int, list[QuestionVersion]]:
        return versions_of(self.question_ids)


def indented(branch) -> tuple[int, str]:
    """Return (id, name) of a category for a select, moved in as deep as it lies."""
    return branch.category.pk, "\u2003" * branch.depth + branch.category.name


def versions_of(question_ids) -> dict[int, list[QuestionVersion]]:
    """Return the versions of questions without their wording, newest first; one query."""
    found: dict[int, list[QuestionVersion]] = {}
    rows = QuestionVersion.objects.filter(question__in=question_ids).defer("data").order_by("question", "-number")
    for version in rows:
        found.setdefault(version.question_id, []).append(version)
    return found


class SlotFormSet(BaseChildFormSet):
    """Reads the bank once for all its forms."""

    @cached_property
    def bank(self) -> Bank | None:
        user = self.form_kwargs.get("for_user")
        return Bank(user, self._question_ids()) if user else None

    def _question_ids(self) -> set[int]:
        kept = {slot.question_id for slot in self.get_queryset() if slot.question_id}
        sent = [
            value for name, value in self.data.items() if name.startswith(self.prefix) and name.endswith("-question")
        ]
        return kept | {int(value) for value in map(str, sent) if value.isdecimal() and len(value) < 19}

    def get_form_kwargs(self, index):
        return {**super().get_form_kwargs(index), "bank": self.bank}


class QuizPageForm(ActivityForm):
    """A draft may be unfinished; what is published or sent to review must be a quiz that can be taken."""

    review = ReviewField(label=_("What learners may look at, and when"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in WITH_USUAL_VALUE:
            if name in self.fields:
                self.fields[name].required = False
        zone = zone_label(timezone.get_current_timezone_name())
        for name in TIMES:
            if name in self.fields:
                field = self.fields[name]
                field.help_text = spoken("%(help)s Times are in %(zone)s.") % {"help": field.help_text, "zone": zone}

    def clean(self):
        cleaned = super().clean()
        for name in WITH_USUAL_VALUE:
            if name in self.fields and name not in self.errors and cleaned.get(name) in (None, ""):
                cleaned[name] = self.instance._meta.get_field(name).get_default()
        if "slots" in self.formsets:
            slots = self._kept_slots()
            self._refuse_foreign_questions(slots)
            if not self.is_deferred_validation:
                self._require_a_quiz_that_can_be_taken(slots, cleaned)
        return cleaned

    def _kept_slots(self) -> list:
        formset = self.formsets["slots"]
        formset.is_valid()  # so that its forms are cleaned
        kept = [form for form in formset.forms if form.is_valid() and not formset._should_delete_form(form)]
        return [form for form in kept if form.cleaned_data]

    def _refuse_foreign_questions(self, slots) -> None:
        """A question of another agency's bank cannot be taken by its number; one that stands here already may stay."""
        chosen = [form for form in slots if "question" in form.changed_data and form.cleaned_data.get("question")]
        if not chosen or self.for_user is None:
            return
        visible = set(questions_visible(bank_access(self.for_user)).values_list("pk", flat=True))
        for form in chosen:
            if form.cleaned_data["question"].pk not in visible:
                form.add_error("question", _("This question belongs to another agency."))

    def _require_a_quiz_that_can_be_taken(self, slots, cleaned) -> None:
        if not slots and not any(self.formsets["slots"].errors):
            self.add_error(None, _("A quiz needs at least one question before it can be published."))
        slots = [form for form in slots if form.is_valid()]
        findings = checks.examine([form.wish for form in slots])
        for form, finding in zip(slots, findings, strict=True):
            if finding.problem:
                form.add_error(finding.field, finding.problem)
        for field, words in checks.conflicts(cleaned, findings):
            self.add_error(field if field in self.fields else None, words)


# --- what the screen asks while an editor chooses ---------------------------------------------------------------------


class WishForm(forms.Form):
    """A slot as it stands on the screen; what makes no sense yet counts as not given."""

    question = forms.ModelChoiceField(Question.objects.none(), required=False)
    pinned_version = forms.ModelChoiceField(QuestionVersion.objects.all(), required=False)
    category = forms.ModelChoiceField(Category.objects.none(), required=False)
    with_subcategories = forms.BooleanField(required=False)
    draw_tags = forms.CharField(required=False, max_length=200)
    draw_count = forms.IntegerField(required=False, min_value=1, max_value=200)
    max_mark = forms.DecimalField(required=False, min_value=0, max_digits=7, decimal_places=2)

    def __init__(self, *args, access, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["question"].queryset = questions_visible(access)
        self.fields["category"].queryset = categories_visible(access)

    @property
    def wish(self) -> checks.Wish:
        self.is_valid()
        given = self.cleaned_data
        version = given.get("pinned_version")
        question = given.get("question")
        return checks.Wish(
            question=question,
            version=version if version and question and version.question_id == question.pk else None,
            category=given.get("category"),
            below=given.get("with_subcategories", True),
            tags=tag_names(given.get("draw_tags") or ""),
            count=given.get("draw_count") or 1,
            mark=usual_mark(given.get("question")) if given.get("max_mark") is None else given["max_mark"],
        )


class SettingsForm(forms.Form):
    """The settings on the screen about which there may be something to say."""

    behaviour = forms.CharField(required=False, max_length=11)
    password = forms.CharField(required=False, max_length=50)
    opens_at = forms.DateTimeField(required=False)
    closes_at = forms.DateTimeField(required=False)
    time_limit_minutes = forms.IntegerField(required=False, min_value=0)
    closing_ends_attempts = forms.BooleanField(required=False)
    completion_rule = forms.CharField(required=False, max_length=10)
    pass_mark = forms.IntegerField(required=False, min_value=0, max_value=100)

    @property
    def settings(self) -> dict:
        self.is_valid()
        return self.cleaned_data
