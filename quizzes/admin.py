"""What editors get for a quiz beside its form: the trial, what their choices come to while they choose, and pages that
trials do not hold back from deletion."""

from django.forms import formset_factory
from django.http import Http404, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as spoken
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from wagtail.admin.widgets import Button
from wagtail.models import Page

from questions.queries import bank_access
from questions.templatetags.questions_tags import kind_label

from . import checks
from .forms import SettingsForm, WishForm, version_choices, versions_of
from .models import QuizPage
from .rules import can_try_out
from .services import discard_trials


def trial_button(page, user, view_name, next_url=None):
    """Offer the quiz as a learner meets it, from the page's own header."""
    if page.pk and page.specific_class is QuizPage and can_try_out(user, page):
        yield Button(_("Try as a learner"), reverse("quizzes:trial", args=[page.pk]), icon_name="view", priority=15)


def drop_trials(request, page):
    """Throw away the trials of the quizzes that are about to be deleted with a page; real attempts still hold it."""
    discard_trials(quizzes=QuizPage.objects.descendant_of(page, inclusive=True))


def drop_trials_in_bulk(request, action_type, objects, action):
    if action_type != "delete" or not objects or not isinstance(objects[0], Page):
        return
    for page in objects:
        drop_trials(request, page)


# --- while an editor chooses ------------------------------------------------------------------------------------------

MOST_SLOTS = 500
WishFormSet = formset_factory(WishForm, can_delete=True, max_num=MOST_SLOTS, absolute_max=MOST_SLOTS)


@require_POST
def foresee(request):
    """Say what the slots and settings on an editor's screen come to now; nothing is written."""
    access = bank_access(request.user)
    if not access.may_view:
        raise Http404
    formset = WishFormSet(request.POST, prefix="slots", form_kwargs={"access": access})
    formset.is_valid()
    kept = [form for form in formset.forms if not form.data.get(form.add_prefix("DELETE"))]
    findings = checks.examine([form.wish for form in kept])
    settings = SettingsForm(request.POST).settings
    versions = versions_of([form.wish.question.pk for form in kept if form.wish.question])
    return JsonResponse(
        {
            "slots": {
                form.prefix: _told(form.wish, finding, versions) for form, finding in zip(kept, findings, strict=True)
            },
            "total": checks.total_text(findings),
            "problems": [words for _field, words in checks.conflicts(settings, findings)] if kept else [],
            "notes": checks.notes(settings, findings),
            "people_mark": checks.marked_by_people(checks.kinds_of(findings)),
        }
    )


def _told(wish: checks.Wish, finding: checks.Finding, versions) -> dict:
    told = {"problem": finding.problem, "text": "", "versions": [], "preview": ""}
    if wish.question:
        offered = version_choices(versions.get(wish.question.pk, ()), keep=wish.version and wish.version.pk)
        told |= {"text": kind_label(wish.question.kind), "versions": [[str(pk), str(words)] for pk, words in offered]}
        if finding.version:
            told["preview"] = reverse("questions:preview_version", args=[wish.question.pk, finding.version.number])
            told["preview_text"] = spoken("See it as a learner")
    elif finding.pool is not None:
        told["text"] = ngettext(
            "%(number)d question can be drawn there now.", "%(number)d questions can be drawn there now.", finding.pool
        ) % {"number": finding.pool}
    return told
