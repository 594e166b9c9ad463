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


class ActivityForm(OwnFilesForm):
    """Offer only the completion rules that the kind of activity can fulfil."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields.get("completion_rule")
        if field is None:
            return
        rules = self.instance.completion_rules
        usual = _("as usual: %(rule)s") % {"rule": rules[0].label}
        field.choices = [("", usual), *((rule.value, rule.label) for rule in rules)]


class CourseForm(OwnFilesForm):
    """Ask for the agencies where the course is open to chosen ones."""

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("sharing") == "chosen" and not cleaned.get("shared_agencies"):
            self.add_error("shared_agencies", _("Choose at least one agency, or open the course to all."))
        return cleaned


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
