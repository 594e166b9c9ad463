"""Asking the editor whom a change touches: in the page's form when it is published, and before a page is withdrawn,
moved or copied, one or many."""

from django import forms
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.widgets import AdminDateInput
from wagtail.models import Page

from . import changes, services
from .changes import COSMETIC, EVERYONE, NEW, Change, Touched
from .models import CoursePage
from .prospects import Prospects

PUBLISHING = ("action-publish", "action-submit", "action-restart-workflow")


class ChangeForm(forms.Form):
    """Whom a change touches; the day only where everyone does it again."""

    change_effect = forms.ChoiceField(
        choices=[
            (COSMETIC, gettext_lazy("Cosmetic: nobody has to do anything again")),
            (NEW, gettext_lazy("For new learners only")),
            (EVERYONE, gettext_lazy("For everyone again, by a date")),
        ],
        label=gettext_lazy("Whom does this change touch?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Not in force yet. Choose whom this change touches, then go on.")},
    )
    change_due = forms.DateField(
        label=gettext_lazy("To be done again until"),
        required=False,
        widget=AdminDateInput,
        help_text=gettext_lazy("Only for “everyone again”. Until 23.59 of this day in the agency's zone."),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("change_effect") != EVERYONE:
            return {**cleaned, "change_due": None}
        due = cleaned.get("change_due")
        if due is None and "change_due" not in self.errors:
            self.add_error("change_due", _("Say until which day everyone does it again."))
        elif due and due < timezone.localdate():
            self.add_error("change_due", _("This day is past. Choose today or a later day."))
        return cleaned


Told = dict[CoursePage, tuple[Change, Touched]]


def explain(told: Told) -> list[str]:
    """Say whom each choice touches, with numbers: the sum first, for several courses also each."""
    people = [touched for _change, touched in told.values()]
    total = Touched(sum(one.open for one in people), sum(one.finished for one in people))
    lines = [_("%(course)s: %(people)s") % {"course": course.title, "people": _counted(one)}
             for course, (_change, one) in told.items()] if len(told) > 1 else []  # fmt: skip
    return [
        _counted(total),
        *lines,
        _("Cosmetic: who is on the way goes on with the new version and keeps every tick. Finished stays finished."),
        _("New learners only: who is on the way goes on with the version they began with. Finished stays finished."),
        _("Everyone again: all of them get the new version, and what has changed is to be done again by the date. "
          "Who had finished is asked again; the earlier completion stays in the history."),
    ]  # fmt: skip


def _counted(people: Touched) -> str:
    on_their_way = ngettext("%(count)d learner is on the way", "%(count)d learners are on the way", people.open)
    finished = ngettext("%(count)d has finished", "%(count)d have finished", people.finished)
    return f"{on_their_way % {'count': people.open}}, {finished % {'count': people.finished}}."


# --- in the form of a page -------------------------------------------------------------------------------------------


def question_in(form) -> tuple[Told, ChangeForm | None]:
    """Return whom publishing the page of a valid form touches, with the answer that was sent; None for no question."""
    if not any(action in form.data for action in PUBLISHING):
        return {}, None
    told = Prospects().publish(form.instance, form.parent_page).touched()
    return told, ChangeForm(form.data) if told else None


# --- before a page is withdrawn, moved or copied ---------------------------------------------------------------------


def ask_before_unpublishing(request, page):
    """Hook `before_unpublish_page`: ask whom it touches when something that was asked for is withdrawn."""
    return _ask(request, [page], Prospects().withdraw(page).touched())


def ask_before_moving(request, page, destination):
    """Hook `before_move_page`: ask whom it touches when something comes into a course that people are in."""
    if request.method != "POST":
        return None
    return _ask(request, [page], Prospects().move(page.specific, destination.specific).touched())


def ask_before_copying(request, page):
    """Hook `before_copy_page`: ask when the copy will be live in a course that people are in."""
    if request.method != "POST":
        return None
    form = getattr(page.specific_class, "copy_form_class", CopyForm)(request.POST, user=request.user, page=page)
    if not form.is_valid():
        return None
    sent = form.cleaned_data
    if not (sent.get("publish_copies") or sent.get("alias")):
        return None
    destination, whole = sent["new_parent_page"].specific, bool(sent.get("copy_subpages"))
    return _ask(request, [page], Prospects().copy(page.specific, destination, whole=whole).touched())


# --- many pages at once ----------------------------------------------------------------------------------------------


def ask_before_bulk_action(request, action_type, objects, action):
    """Hook `before_bulk_action`: ask once for all pages. Deleting never touches anybody: history refuses it before."""
    if not objects or not isinstance(objects[0], Page) or action_type not in _bulk:
        return None
    prospects = Prospects()
    _bulk[action_type](prospects, request.user, [page.specific for page in objects], action.cleaned_form.cleaned_data)
    return _ask(request, objects, prospects.touched(), back=action.next_url)


def _publish_many(prospects: Prospects, user, pages, sent) -> None:
    for page in pages:
        prospects.publish(page.get_latest_revision_as_object())
        for draft in page.get_descendants().not_live().specific() if sent.get("include_descendants") else ():
            if draft.permissions_for_user(user).can_publish():
                prospects.publish(draft.get_latest_revision_as_object())


def _withdraw_many(prospects: Prospects, user, pages, sent) -> None:
    for page in pages:
        prospects.withdraw(page)
        for live in page.get_descendants().live().specific() if sent.get("include_descendants") else ():
            if live.permissions_for_user(user).can_unpublish():
                prospects.withdraw(live)


def _move_many(prospects: Prospects, user, pages, sent) -> None:
    for page in pages:
        prospects.move(page, sent["chooser"].specific)


_bulk = {"publish": _publish_many, "unpublish": _withdraw_many, "move": _move_many}


# --- the screen that asks --------------------------------------------------------------------------------------------


def _ask(request, pages: list[Page], told: Told, back: str = ""):
    """Show the question, or note the answer on the courses and let the step be taken; None lets it."""
    if not told:
        return None
    form = ChangeForm(request.POST if "change_effect" in request.POST or "change_asked" in request.POST else None)
    if form.is_valid():
        answer = form.cleaned_data
        choice = changes.Choice(answer["change_effect"], answer["change_due"], request.user.pk)
        services.keep_choice(courses=told, choice=choice)
        return None
    titles = ", ".join(page.specific_deferred.get_admin_display_title() for page in pages)
    context = {
        "titles": titles,
        "back": back or reverse("wagtailadmin_pages:edit", args=[pages[0].pk]),
        "change_form": form,
        "lines": explain(told),
        "carried": _carried(request),
    }
    return render(request, "courses/admin/change_question.html", context)


def _carried(request) -> list[tuple[str, str]]:
    """Return what the screen before had sent, to send it again with the answer."""
    own = {"csrfmiddlewaretoken", "change_effect", "change_due", "change_asked"}
    return [(name, value) for name in request.POST if name not in own for value in request.POST.getlist(name)]
