"""Choosing a question for a quiz: the ready ones of the categories the editor may see, by words and by category."""

from django import forms
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet

from questions.kinds import all_kinds
from questions.models import Category, Question, QuestionVersion
from questions.queries import bank_access, categories_visible, category_tree, questions_visible
from questions.templatetags.questions_tags import kind_label

from .forms import indented

AT_ONCE = {"data-chooser-modal-search-filter": True}


class QuestionFilter(BaseFilterForm):
    """Narrow the list by words of the name, by category, by kind and by tag."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=_("All categories"),
        widget=forms.Select(attrs=AT_ONCE),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, widget=forms.Select(attrs=AT_ONCE))
    tag = forms.CharField(
        label=_("Tag"), required=False, max_length=100, widget=forms.TextInput(attrs=AT_ONCE),
        help_text=_("A tag in full, gratifikasi for example."),
    )  # fmt: skip

    def __init__(self, *args, categories, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        field.queryset = categories
        field.choices = [("", field.empty_label), *map(indented, category_tree(categories))]
        self.fields["kind"].choices = [("", _("All kinds")), *((kind.name, kind.label) for kind in all_kinds())]

    def filter(self, objects):
        if words := self.cleaned_data["q"].strip():
            self.is_searching, self.search_query = True, words
            objects = objects.filter(name__icontains=words)
        if category := self.cleaned_data["category"]:
            objects = objects.filter(category=category)
        if kind := self.cleaned_data["kind"]:
            objects = objects.filter(kind=kind)
        if tag := self.cleaned_data["tag"].strip():
            objects = objects.filter(tags__name__iexact=tag)
        return objects


class QuestionsOfMine:
    """What a choose view and its results share."""

    def get_object_list(self):
        ready = questions_visible(bank_access(self.request.user)).filter(state=Question.State.READY)
        newest = QuestionVersion.objects.filter(question=OuterRef("pk"), is_ready=True).order_by("-number")
        numbered = ready.annotate(ready_version=Subquery(newest.values("number")[:1]))
        return numbered.filter(ready_version__isnull=False).distinct().select_related("category")

    def get_filter_form(self):
        return QuestionFilter(self.request.GET, categories=categories_visible(bank_access(self.request.user)))

    @property
    def columns(self):
        return [
            *super().columns,
            Column("kind", label=_("Kind"), accessor=lambda question: kind_label(question.kind)),
            Column("ready_version", label=_("Version")),
            Column("category", label=_("Category")),
        ]


class ChooseView(QuestionsOfMine, chooser.ChooseView):
    pass


class ChooseResultsView(QuestionsOfMine, chooser.ChooseResultsView):
    pass


class ChosenView(chooser.ChosenView):
    def get_object(self, pk):
        if not str(pk).isdecimal():
            raise Question.DoesNotExist
        return questions_visible(bank_access(self.request.user)).get(pk=pk)


class ChosenMultipleView(chooser.ChosenMultipleView):
    def get_objects(self, pks):
        numbers = [int(pk) for pk in pks if str(pk).isdecimal()]
        return questions_visible(bank_access(self.request.user)).filter(pk__in=numbers)


class QuestionChooserViewSet(ChooserViewSet):
    model = Question
    icon = "help"
    per_page = 20
    choose_one_text = _("Choose a question")
    choose_another_text = _("Choose another question")
    edit_item_text = _("Edit this question")
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView


question_chooser = QuestionChooserViewSet("quiz_question_chooser")
