"""Which questions of the bank are meant: the filters and the search of its list, and of an export of the same."""

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag
from wagtail.admin.filters import WagtailFilterSet

from core.listing import search_words

from . import queries
from .kinds import all_kinds
from .models import Category, Question, QuestionVersion


def _visible_categories(request):
    return queries.categories_visible(queries.bank_access(request.user))


def _visible_tags(request):
    visible = queries.questions_visible(queries.bank_access(request.user))
    return Tag.objects.filter(questions_questiontag_items__content_object__in=visible).distinct().order_by("name")


class QuestionFilters(WagtailFilterSet):
    category = django_filters.ModelChoiceFilter(
        queryset=_visible_categories, method="in_category", label=_("Category (with those in it)")
    )
    kind = django_filters.ChoiceFilter(
        choices=lambda: [(kind.name, kind.label) for kind in all_kinds()], label=_("Kind")
    )
    state = django_filters.ChoiceFilter(choices=Question.State.choices, label=_("State"))
    tag = django_filters.ModelChoiceFilter(field_name="tags", queryset=_visible_tags, label=_("Tag"))

    class Meta:
        model = Question
        fields: list[str] = []

    def in_category(self, queryset, name, category: Category):
        return queryset.filter(category__in=queries.categories_below(category))


def with_latest_number(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Annotate questions with the number of their newest version."""
    newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number").values("number")[:1]
    return questions.annotate(latest_number=Subquery(newest))


def matching(questions: QuerySet[Question], words: str) -> QuerySet[Question]:
    """Return those whose name, id or newest text has the words; the questions must know their `latest_number`."""
    words = words.strip()
    if not words:
        return questions
    latest = QuestionVersion.objects.filter(question=OuterRef("pk"), number=OuterRef("latest_number"))
    found = Exists(latest.filter(data__text__icontains=words))
    return questions.filter(Q(name__icontains=words) | Q(idnumber__iexact=words) | found)


def chosen_questions(request, access: queries.BankAccess) -> tuple[QuerySet[Question], Category | None]:
    """Return what the list shows for an address's filters and search, and the category filtered for."""
    visible = with_latest_number(queries.questions_visible(access))
    filters = QuestionFilters(request.GET, queryset=visible, request=request)
    is_valid = filters.is_valid()
    questions = matching(filters.qs if is_valid else visible.none(), search_words(request))
    return questions, filters.form.cleaned_data.get("category") if is_valid else None
