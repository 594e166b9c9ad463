"""Choosing a question for a quiz: the ready ones of the categories the editor may see, by words and by category."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet

from questions.models import Category, Question
from questions.queries import bank_access, categories_visible, category_tree, questions_visible
from questions.templatetags.questions_tags import kind_label


class QuestionFilter(BaseFilterForm):
    """Narrow the list by words of the name and by category."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=_("All categories"),
        widget=forms.Select(attrs={"data-chooser-modal-search-filter": True}),
    )

    def __init__(self, *args, categories, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        field.queryset = categories
        field.choices = [("", field.empty_label), *map(_indented, category_tree(categories))]

    def filter(self, objects):
        if words := self.cleaned_data["q"].strip():
            self.is_searching, self.search_query = True, words
            objects = objects.filter(name__icontains=words)
        if category := self.cleaned_data["category"]:
            objects = objects.filter(category=category)
        return objects


def _indented(branch) -> tuple[int, str]:
    return branch.category.pk, "\u2003" * branch.depth + branch.category.name


class QuestionsOfMine:
    """What a choose view and its results share."""

    def get_object_list(self):
        ready = questions_visible(bank_access(self.request.user)).filter(state=Question.State.READY)
        return ready.filter(versions__is_ready=True).distinct().select_related("category")

    def get_filter_form(self):
        return QuestionFilter(self.request.GET, categories=categories_visible(bank_access(self.request.user)))

    @property
    def columns(self):
        return [
            *super().columns,
            Column("kind", label=_("Kind"), accessor=lambda question: kind_label(question.kind)),
            Column("category", label=_("Category")),
        ]


class ChooseView(QuestionsOfMine, chooser.ChooseView):
    pass


class ChooseResultsView(QuestionsOfMine, chooser.ChooseResultsView):
    pass


class ChosenView(chooser.ChosenView):
    def get_object(self, pk):
        return questions_visible(bank_access(self.request.user)).get(pk=pk)


class ChosenMultipleView(chooser.ChosenMultipleView):
    def get_objects(self, pks):
        return questions_visible(bank_access(self.request.user)).filter(pk__in=pks)


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
