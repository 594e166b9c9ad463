"""Who is told what about training done elsewhere, in the language of each. What cannot be told stops nothing."""

import logging

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import kinds
from notifications.models import Preference
from notifications.services import Message, notify_many
from people.visibility import direct_supervisors

from ..models import ExternalDecision, ExternalTraining, SelfStudyNotice
from .queries import organisers_of

logger = logging.getLogger(__name__)

WAITING, DECIDED, SELF_STUDY = "external_waiting", "external_decided", "self_study"


def register_kinds() -> None:
    kinds.register(
        WAITING,
        gettext_lazy("External training to verify"),
        waits_at_night=True,
        why=gettext_lazy("You supervise this person or organise learning in their agency."),
    )
    kinds.register(
        DECIDED,
        gettext_lazy("Decisions about your external training"),
        why=gettext_lazy("You handed this training in."),
    )
    kinds.register(
        SELF_STUDY,
        gettext_lazy("Notices of self-study"),
        email=False,
        waits_at_night=True,
        why=gettext_lazy("You supervise this person, who tells you of self-study outside working hours."),
    )


def _tell(messages: list[Message]) -> None:
    """Tell people; the report stands whether or not that works."""
    try:
        notify_many(messages)
    except Exception:
        logger.exception("News about external training could not be sent")


def tell_verifiers(training: ExternalTraining, decision: ExternalDecision) -> None:
    """Tell the direct supervisors, and the organisers in their digest."""
    supervisors = {one.pk: one for one in direct_supervisors(training.person)}
    organisers = {one.pk: one for one in organisers_of(training.person) if one.pk not in supervisors}
    _tell(
        [
            *(_to_verify(training, decision, one, email=True, page="external_verify") for one in supervisors.values()),
            *(
                _to_verify(training, decision, one, email=Preference.Email.DIGEST, page="external_training:edit")
                for one in organisers.values()
            ),
        ]
    )


def _to_verify(training: ExternalTraining, decision: ExternalDecision, person, *, email, page: str) -> Message:
    if page == "external_verify":
        url = reverse("credits:external_verify", args=[training.key])
    else:
        url = reverse(page, args=[training.pk])
    with translation.override(person.language):
        return Message(
            person=person,
            key=f"external:{decision.pk}",
            kind=WAITING,
            title=_("%(name)s asks you to verify an external training") % {"name": training.person.full_name},
            text=training.title,
            url=url,
            email=email,
        )


def tell_person(training: ExternalTraining, decision: ExternalDecision) -> None:
    """Tell the person what was decided, with the reason."""
    with translation.override(training.person.language):
        titles = {
            ExternalDecision.Kind.VERIFIED: _("Verified: %(title)s"),
            ExternalDecision.Kind.REVISE: _("Please revise: %(title)s"),
            ExternalDecision.Kind.REJECTED: _("Rejected: %(title)s"),
            ExternalDecision.Kind.TAKEN_BACK: _("Verification taken back: %(title)s"),
        }
        title = titles[ExternalDecision.Kind(decision.kind)] % {"title": training.title}
    _tell(
        [
            Message(
                person=training.person,
                key=f"external:{decision.pk}",
                kind=DECIDED,
                title=title[:200],
                text=decision.reason,
                url=reverse("credits:external_detail", args=[training.key]),
            )
        ]
    )


def tell_of_self_study(notice: SelfStudyNotice) -> None:
    """Tell the direct supervisors that somebody studies outside working hours."""
    messages = []
    for superior in direct_supervisors(notice.person):
        with translation.override(superior.language):
            title = _("%(name)s studies outside working hours") % {"name": notice.person.full_name}
        key = f"self-study:{notice.pk}"
        messages.append(
            Message(person=superior, key=key, kind=SELF_STUDY, title=title, text=notice.about, url="/tim/luar/")
        )
    _tell(messages)
