"""The screens of question authors, inside Wagtail's admin. What a person may not see is 404."""

from functools import wraps

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from people.models import Agency

from . import queries, services
from .forms import FORMS, CategoryForm
from .kinds import UnknownKind, all_kinds, get_kind
from .models import Question, QuestionVersion
from .presenting import preview_context


def for_authors(view):
    """Give the view the person's access to the bank; nobody else finds it."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        access = queries.bank_access(request.user)
        if not access.may_view:
            raise Http404
        return view(request, access, *args, **kwargs)

    return guarded


def _question(access, pk: int, *, to_edit: bool = False) -> Question:
    question = get_object_or_404(queries.questions_visible(access).select_related("category__agency"), pk=pk)
    if to_edit and not access.can_edit(question.category):
        raise Http404
    return question


def crumbs(*items) -> list[dict]:
    """Return the path to a screen: pairs of an address name (with its arguments) and a label."""
    crumbs = [{"url": reverse("questions:index"), "label": _("Question bank")}]
    for name, label in items:
        url = reverse(f"questions:{name[0]}", args=name[1:]) if name else ""
        crumbs.append({"url": url, "label": label})
    return crumbs


# --- questions -------------------------------------------------------------------------------------------------------


@for_authors
def choose_kind(request, access):
    if not access.may_edit:
        raise Http404
    context = {
        "kinds": [(kind, FORMS[kind.name].purpose) for kind in all_kinds()],
        "has_category": queries.categories_editable(access).exists(),
        "header_title": _("New question"),
        "breadcrumbs_items": crumbs(((), _("New question"))),
    }
    return render(request, "questions/admin/choose_kind.html", context)


@for_authors
def add(request, access, kind):
    if not access.may_edit:
        raise Http404
    try:
        label = get_kind(kind).label
    except UnknownKind:
        raise Http404 from None
    form = FORMS[kind](
        request.POST or None,
        request.FILES or None,
        kind=kind,
        access=access,
        initial={"category": request.GET.get("category")},
    )
    if request.method == "POST" and form.is_valid():
        about = form.cleaned_data
        question = services.create_question(
            category=about["category"], kind=kind, name=form.chosen_name, data=form.data_of_kind,
            tags=about["tags"], state=about["state"], default_mark=form.chosen_mark, by=request.user,
        )  # fmt: skip
        log(instance=question, action="wagtail.create", user=request.user)
        messages.success(request, _("The question “%(name)s” is saved.") % {"name": question})
        return redirect("questions:edit", question.pk)
    return _form(request, form, header_title=_("New question: %(kind)s") % {"kind": label}, kind_label=label)


@for_authors
def edit(request, access, pk):
    question = _question(access, pk)
    if not access.can_edit(question.category):
        return redirect("questions:preview", pk)
    version = queries.latest_version(question)
    form = FORMS[question.kind](
        request.POST or None,
        request.FILES or None,
        kind=question.kind,
        access=access,
        question=question,
        version=version,
    )
    if request.method == "POST" and form.is_valid():
        saved = _save(question, form, by=request.user)
        if saved.number == version.number:
            messages.success(
                request,
                _("Saved. The wording is the same, so it is still version %(number)s.") % {"number": saved.number},
            )
        else:
            messages.success(request, _("Saved as version %(number)s.") % {"number": saved.number})
        return redirect("questions:edit", pk)
    usage = queries.usage([pk])[pk]
    return _form(
        request, form, header_title=question.name, question=question, version=version, usage=usage,
        kind_label=get_kind(question.kind).label,
    )  # fmt: skip


@transaction.atomic
def _save(question: Question, form, *, by) -> QuestionVersion:
    about = form.cleaned_data
    state = about["state"]
    if question.state == Question.State.RETIRED and state == Question.State.READY:
        state = Question.State.RETIRED
    # The state first: a draft's new version is not ready.
    question = services.update_question(
        question=question, name=form.chosen_name, category=about["category"], tags=about["tags"], state=state,
        default_mark=form.chosen_mark,
    )  # fmt: skip
    version = services.save_version(question=question, data=form.data_of_kind, by=by)
    log(instance=question, action="wagtail.edit", user=by)
    return version


def _form(request, form, **context):
    status = 422 if form.is_bound else 200
    question = context.get("question")
    path = [(("preview", question.pk), question.name)] if question else [((), context["header_title"])]
    context = {"form": form, "breadcrumbs_items": crumbs(*path), **context}
    return render(request, "questions/admin/form.html", context, status=status)


@for_authors
def versions(request, access, pk):
    question = _question(access, pk)
    context = {
        "question": question,
        "versions": question.versions.select_related("created_by"),
        "usage": queries.usage([pk])[pk],
        "header_title": _("Versions of %(name)s") % {"name": question},
        "breadcrumbs_items": crumbs((("edit", pk), question.name), ((), _("Versions"))),
    }
    return render(request, "questions/admin/versions.html", context)


@for_authors
def preview(request, access, pk, number=None):
    """Show a version as a learner meets it; answering it here is stored nowhere."""
    question = _question(access, pk)
    version = get_object_or_404(question.versions, number=number) if number else queries.latest_version(question)
    context = preview_context(question, version, request.POST if request.method == "POST" else request.GET)
    return render(request, "questions/admin/preview.html", {**context, "can_edit": access.can_edit(question.category)})


@for_authors
@require_POST
def retire(request, access, pk):
    question = _question(access, pk, to_edit=True)
    if question.state == Question.State.RETIRED:
        services.restore(question=question)
        messages.success(request, _("“%(name)s” is back.") % {"name": question})
    else:
        services.retire(question=question)
        messages.success(request, _("“%(name)s” is retired: quizzes that have it keep it.") % {"name": question})
    log(instance=question, action="wagtail.edit", user=request.user)
    return redirect("questions:edit", pk)


# --- categories ------------------------------------------------------------------------------------------------------


@for_authors
def categories(request, access):
    visible = queries.categories_visible(access).annotate(held=Count("questions"))
    context = {
        "branches": [(branch, access.can_edit(branch.category)) for branch in queries.category_tree(visible)],
        "can_add": access.may_edit,
        "header_title": _("Categories"),
        "breadcrumbs_items": crumbs(((), _("Categories"))),
    }
    return render(request, "questions/admin/categories.html", context)


def _agencies(access):
    return Agency.objects.all() if access.is_administrator else Agency.objects.filter(pk__in=access.edits)


@for_authors
def add_category(request, access):
    if not access.may_edit:
        raise Http404
    form = CategoryForm(request.POST or None, access=access, agencies=_agencies(access))
    if request.method == "POST" and form.is_valid():
        about = form.cleaned_data
        name = about["name"].replace("/", "//")
        category = services.category_at(path=name, agency=about["agency"], below=about["parent"])
        if about["is_shared"]:
            services.share_category(category=category, is_shared=True)
        messages.success(request, _("The category “%(name)s” is there.") % {"name": about["name"]})
        return redirect("questions:categories")
    return _category_form(request, form, header_title=_("New category"))


@for_authors
def edit_category(request, access, pk):
    category = get_object_or_404(queries.categories_editable(access), pk=pk)
    initial = {"name": category.name, "parent": category.parent_id, "is_shared": category.is_shared}
    form = CategoryForm(
        request.POST or None, access=access, agencies=_agencies(access), category=category, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            _change_category(category, form.cleaned_data)
        except services.InvalidCategory as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("questions:categories")
    return _category_form(request, form, header_title=category.name, category=category)


@transaction.atomic
def _change_category(category, about: dict) -> None:
    parent, was_in = about["parent"], category.parent
    services.move_category(category=category, name=about["name"], parent=parent)
    is_put_into_shared = parent is not None and parent != was_in and parent.is_shared
    services.share_category(category=category, is_shared=is_put_into_shared or about.get("is_shared", False))


def _category_form(request, form, **context):
    context["breadcrumbs_items"] = crumbs((("categories",), _("Categories")), ((), context["header_title"]))
    status = 422 if form.is_bound else 200
    return render(request, "questions/admin/category_form.html", {"form": form, **context}, status=status)


@for_authors
@require_POST
def delete_category(request, access, pk):
    category = get_object_or_404(queries.categories_editable(access), pk=pk)
    try:
        services.delete_category(category=category)
    except services.InvalidCategory as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The category “%(name)s” is deleted.") % {"name": category.name})
    return redirect("questions:categories")
