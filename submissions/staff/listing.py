"""All tasks, and what the people in care handed in at one."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from core.listing import one_page, search_words

from .. import access
from ..models import Submission, SubmissionFile, SubmissionPage
from ..presenting import version_shown
from ..views import send_work
from . import queries
from .guard import for_staff, screens, show

State = Submission.State
STATES = (State.HANDED_IN, State.RETURNED, State.MARKED)


@require_safe
def index(request):
    if not access.works_with_tasks(request.user):
        raise Http404
    found = access.tasks_of_staff(request.user)
    return screens.show_all(request, "submissions/staff/index.html", found=found, rows=queries.task_rows)


@require_safe
@for_staff(access.may_organise)
def work(request, page):
    words = search_words(request)
    state = request.GET.get("keadaan", "")
    state = state if state in STATES else ""
    shown = one_page(request, queries.work_at(request.user, page, words=words, state=state))
    return show(
        request, page, "submissions/staff/work.html", tab="work", page=shown, words=words, state=state,
        states=[(one.value, one.label) for one in STATES], rows=[(one, version_shown(one)) for one in shown],
    )  # fmt: skip


@require_safe
@for_staff(access.may_organise)
def record(request, page, key):
    """Show everything one learner handed in, with who said what; hidden till its mark where markers see no names."""
    one = get_object_or_404(access.work_in_care(request.user).select_related("person"), page=page, key=key)
    mine = Submission.objects.filter(enrolment=one.enrolment_id, page=page).exclude(state=State.DRAFT)
    versions = mine.prefetch_related("files", "marks__marker").order_by("-number")
    may_mark = access.work_to_mark(request.user).filter(pk=one.pk).exists()
    return show(
        request, page, "submissions/staff/record.html", tab="work", title=str(one.person), person=one.person,
        versions=[(version_shown(version), is_veiled(version, page)) for version in versions],
        code=queries.code_of(versions[0].pk) if may_mark and not is_veiled(versions[0], page) else "",
    )  # fmt: skip


def is_veiled(version: Submission, page: SubmissionPage) -> bool:
    """Say whether a version is hidden here: until somebody has read it nobody shall match it with a name."""
    return page.anonymous_marking and version.state in (State.HANDED_IN, State.REPLACED)


@require_safe
@for_staff(access.may_organise)
def download(request, page, key):
    """Give a file of somebody in care."""
    file = get_object_or_404(SubmissionFile.objects.select_related("submission"), key=key, submission__page=page)
    is_mine = access.work_in_care(request.user).filter(pk=file.submission_id).exists()
    if not is_mine or is_veiled(file.submission, page):
        raise Http404
    return send_work(file)
