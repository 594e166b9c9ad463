"""Forms of the editors' screens and of the catalogue; all input of this app comes through here."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm


class OwnFilesForm(WagtailAdminPageForm):
    """Refuse a file that the editor may not choose; what stands on the page already may stay."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        from .files import files_on  # needs the models, which need these forms

        self._files_before = files_on(self.instance) if self.is_bound else set()

    def _post_clean(self):
        super()._post_clean()
        from .files import files_on, strange_files

        new = files_on(self.instance) - self._files_before
        if new and self.for_user and strange_files(self.for_user, new):
            self.add_error(None, _("A file on this page belongs to another agency. Choose one of your own."))


class ChangeQuestion(WagtailAdminPageForm):
    """Ask when publishing touches what learners have to do, and note the answer on the page; see `change_asking`."""

    change_form = change_touched = None

    def _post_clean(self):
        super()._post_clean()
        if not self.is_bound or self.errors:
            return
        from .change_asking import question_in

        self.change_touched, self.change_form = question_in(self)
        for field, errors in self.change_form.errors.items() if self.change_form else ():
            self.add_error(None, [f"{self.change_form.fields[field].label} {error}" for error in errors])

    def save(self, commit=True):
        answer = self.change_form.cleaned_data if self.change_form else {}
        self.instance.change_effect = answer.get("change_effect", "")
        self.instance.change_due = answer.get("change_due")
        return super().save(commit=commit)


class ConditionalForm(OwnFilesForm):
    """Let the access condition name what belongs to the course and the agency."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        usual = self.fields.get("condition")
        parent = self.parent_page or (self.instance.get_parent() if self.instance.pk else None)
        if usual is None or parent is None:
            return
        from .condition_choices import choices_for
        from .condition_field import ConditionField

        self.fields["condition"] = ConditionField(
            choices=choices_for(self.instance, parent),
            stored=self.instance.condition,
            label=usual.label,
            help_text=usual.help_text,
        )


class ModuleForm(ChangeQuestion, ConditionalForm):
    """Ask as activities do: with a module comes, or goes, all that is live in it."""


class ActivityForm(ChangeQuestion, ConditionalForm):
    """Offer only the completion rules that the kind of activity can fulfil."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields.get("completion_rule")
        if field is None:
            return
        rules = self.instance.completion_rules
        usual = _("as usual: %(rule)s") % {"rule": rules[0].label}
        field.choices = [("", usual), *((rule.value, rule.label) for rule in rules)]


class LessonForm(ActivityForm):
    """Have a recording of known length where a share of it is to be watched."""

    def _post_clean(self):
        super()._post_clean()
        from .recordings import length_of, recordings_on

        if self.cleaned_data.get("completion_rule") != "watched":
            return
        recordings = recordings_on(self.instance)
        if not recordings:
            message = _("There is no recording on this page. Add one, or choose another way to complete it.")
            self.add_error("completion_rule", message)
        for recording in recordings:
            if not length_of(recording):
                message = _("The library does not know how long “%(title)s” is. Give its duration there first.")
                self.add_error("completion_rule", message % {"title": recording.title})


class CourseForm(ChangeQuestion, OwnFilesForm):
    """Ask for what belongs together: agencies where it is open to chosen ones, a key, a number where one is enough."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("required_courses"):
            from .queries import courses_to_require

            field.queryset = courses_to_require(self.instance, self.for_user)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("sharing") == "chosen" and not cleaned.get("shared_agencies"):
            self.add_error("shared_agencies", _("Choose at least one agency, or open the course to all."))
        if cleaned.get("enrolment_mode") == "key" and not (cleaned.get("enrolment_key") or "").strip():
            self.add_error("enrolment_key", _("Choose a key, or another way to enrol: nobody can enter without it."))
        mode, count = cleaned.get("completion_mode"), cleaned.get("completion_count")
        if mode == "any" and not count:
            self.add_error("completion_count", _("Say how many of the required activities are enough."))
        elif mode == "all" and count:
            self.add_error("completion_count", _("Leave this empty, or choose “a number of the required activities”."))
        self._refuse_circles(cleaned.get("required_courses") or ())
        return cleaned

    def _refuse_circles(self, chosen) -> None:
        from .queries import courses_that_ask_for

        for course in courses_that_ask_for(self.instance.pk, among=chosen):
            message = _("“%(title)s” itself asks for this course, so nobody could complete either.")
            self.add_error("required_courses", message % {"title": course.title})


class CatalogueFilter(forms.Form):
    """What a visitor asks of the catalogue, as it stands in the address; nothing is required and nothing raises."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    wajib = forms.BooleanField(label=_("Required for me"), required=False)
    singkat = forms.BooleanField(label=_("Under 1 hour"), required=False)
    topik = forms.SlugField(label=_("Topic"), required=False, max_length=100, allow_unicode=True)
    instansi = forms.SlugField(label=_("Agency"), required=False, max_length=50)

    def wishes(self) -> dict:
        """Return the cleaned values; one that makes no sense counts as not given."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or None for name in self.fields}
