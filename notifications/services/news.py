"""What people are told when something was decided or done: asked of them, put off, waived, answered, finished.

Each looks at what is true now: an assignment taken back in the meantime, or done, is told to nobody.
"""

from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from completion.entry import deciders_of
from completion.models import Assignment, Enrolment, EnrolmentRequest, Exemption, Extension
from completion.queries import due_annotation
from core.templatetags.core_tags import as_moment
from courses.models import CoursePage
from people.visibility import supervises

from ..builtin_kinds import ASKED, ASSIGNED, DECIDED, EXTENDED, FINISHED, REMINDER, REMINDER_LATE
from ..models import Notice
from ..queries import course_paths, unfinished
from .team import TEAM
from .telling import Message, notify, notify_many


def tell_assigned(assignment_ids: list[int]) -> int:
    """Tell people what was assigned to them: by whom, why and until when; return how many are told."""
    rows = (
        Assignment.objects.filter(pk__in=assignment_ids, withdrawn_at__isnull=True, enrolment__in=unfinished())
        .annotate(due=due_annotation("enrolment"))
        .select_related("enrolment__person", "enrolment__course", "assigned_by", "agency")
    )
    found = list(rows.order_by("pk"))
    paths = course_paths({row.enrolment.course_id for row in found})
    return len(notify_many([_assigned(row, paths[row.enrolment.course_id]) for row in found]))


def _assigned(row, path: str) -> Message:
    person, course = row.enrolment.person, row.enrolment.course
    with in_words_of(person):
        by = row.assigned_by.full_name if row.assigned_by else row.agency.name
        values = {"course": course.title, "by": by, "reason": row.reason, "letter": row.letter_number}
        lines = [_("%(by)s asks you to take the course “%(course)s”.") % values]
        if row.reason:
            lines.append(_("Why: %(reason)s") % values)
        if row.letter_number:
            lines.append(_("Letter of assignment: %(letter)s") % values)
        lines.append(_("Due: %(due)s") % {"due": as_moment(row.due)} if row.due else _("No due date is set."))
        title = _("Assigned to you: %(course)s") % values
    return Message(
        person, f"assigned:{row.pk}", ASSIGNED, title, "\n\n".join(lines), path, enrolment_id=row.enrolment_id
    )


def tell_extended(extension_ids: list[int]) -> None:
    """Tell a person that there is more time, once for all courses that one decision put off."""
    in_force = Extension.objects.filter(pk__in=extension_ids, withdrawn_at__isnull=True)
    rows = list(in_force.select_related(*OF_DECISION).order_by("pk"))
    if not rows:
        return
    first, courses = rows[0], [row.enrolment.course.title for row in rows]
    with in_words_of(first.enrolment.person):
        values = {"course": courses[0], "due": as_moment(first.due_at), "reason": first.reason, "count": len(rows)}
        one, many = _("More time for “%(course)s”"), _("More time for %(count)d courses")
        title = (one if len(rows) == 1 else many) % values
        text = _("You now have time until %(due)s.\n\nWhy: %(reason)s") % values
    if len(rows) == 1:
        _tell(first.enrolment, f"extended:{first.pk}", EXTENDED, title, text)
        return
    listed = "\n".join(f"– {course}" for course in courses)
    notify(
        person=first.enrolment.person,
        kind=EXTENDED,
        key=f"extended:{first.pk}",
        title=title,
        text=f"{listed}\n\n{text}",
        url=reverse("completion:learning"),
    )


def tell_exempted(exemption_id: int) -> None:
    """Tell a person that a course need not be taken."""
    row = Exemption.objects.filter(pk=exemption_id, withdrawn_at__isnull=True).select_related(*OF_DECISION).first()
    if row is None:
        return
    with in_words_of(row.enrolment.person):
        values = {"course": row.enrolment.course.title, "reason": row.reason}
        title = _("You need not take “%(course)s”") % values
        text = _("You are excused from this course. What you do in it all the same is recorded.\n\nWhy: %(reason)s")
        text %= values
    _tell(row.enrolment, f"exempted:{row.pk}", EXTENDED, title, text)
    forget_reminders(row.enrolment_id)


def tell_asked(request_id: int) -> None:
    """Tell those who may decide that somebody asks to be let into a course."""
    request = _request(request_id, EnrolmentRequest.Decision.WAITING)
    if request is None:
        return
    messages = []
    for decider in deciders_of(request):
        with in_words_of(decider):
            values = {"person": request.person.full_name, "course": request.course.title}
            title = _("%(person)s asks to take “%(course)s”") % values
            words = _("What they wrote: %(message)s") % {"message": request.message} if request.message else ""
            text = "\n\n".join(filter(None, [_("Please approve or refuse the request."), words]))
        messages.append(Message(decider, f"asked:{request.pk}", ASKED, title, text, _where_to_decide(request, decider)))
    notify_many(messages)


def _where_to_decide(request: EnrolmentRequest, decider) -> str:
    """Return the page of the team for who supervises the person, else the organisers' own."""
    if request.course.approver == CoursePage.Approver.SUPERVISOR and supervises(decider, request.person):
        return f"{TEAM}permintaan/"
    return reverse("enrolment_requests:edit", args=[request.pk])


def tell_decided(request_id: int) -> None:
    """Tell a person how a request to be let into a course was decided."""
    decision = EnrolmentRequest.Decision
    request = _request(request_id, decision.APPROVED) or _request(request_id, decision.REFUSED)
    if request is None:
        return
    approved = request.decision == decision.APPROVED
    with in_words_of(request.person):
        values = {"course": request.course.title, "reason": request.reason}
        title = _("You may take “%(course)s”") if approved else _("Your request for “%(course)s” was not approved")
        text = _("Your request was approved. You can begin at once.") if approved else ""
        why = _("Why: %(reason)s") % values if request.reason else ""
        notify(
            person=request.person,
            kind=DECIDED,
            key=f"request:{request.pk}:{request.decision}",
            title=title % values,
            text="\n\n".join(filter(None, [text, why])),
            url=course_paths([request.course_id])[request.course_id],
        )


def tell_finished(enrolment_id: int) -> None:
    """Confirm a finished course, once for each cycle, and put its reminders away."""
    row = Enrolment.objects.filter(pk=enrolment_id, state=Enrolment.State.FINISHED)
    enrolment = row.select_related("person", "course").first()
    if enrolment is None:
        return
    with in_words_of(enrolment.person):
        values = {"course": enrolment.course.title, "moment": as_moment(enrolment.completed_at)}
        title = _("Finished: %(course)s") % values
        text = _("Congratulations. You finished “%(course)s” on %(moment)s.") % values
    _tell(enrolment, f"finished:{enrolment.pk}", FINISHED, title, text)
    forget_reminders(enrolment.pk)


def forget_reminders(enrolment_id: int) -> None:
    """Mark reminders as read that say nothing any more."""
    reminders = Notice.objects.filter(enrolment=enrolment_id, kind__in=(REMINDER, REMINDER_LATE), read_at__isnull=True)
    reminders.update(read_at=timezone.now())


OF_DECISION = ("enrolment__person", "enrolment__course")


def _tell(enrolment, key: str, kind: str, title: str, text: str) -> None:
    url = course_paths([enrolment.course_id])[enrolment.course_id]
    notify(person=enrolment.person, kind=kind, key=key, title=title, text=text, url=url, enrolment=enrolment)


def _request(request_id: int, decision: str) -> EnrolmentRequest | None:
    rows = EnrolmentRequest.objects.filter(pk=request_id, decision=decision)
    return rows.select_related("person", "course").first()


@contextmanager
def in_words_of(person):
    """Speak a person's language and tell their time."""
    with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
        yield
