"""What the holder is told when a certificate is revoked, issued anew or put in force again, and what to do then."""

import logging

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from completion.models import Achievement
from notifications import kinds
from notifications.services import Message, notify_many

from .models import Certificate, CertificateEvent

logger = logging.getLogger(__name__)

CHANGED = "certificate_changed"

Kind = CertificateEvent.Kind


def register_kinds() -> None:
    kinds.register(
        CHANGED,
        gettext_lazy("A certificate of yours was revoked or issued anew"),
        is_mandatory=True,
        why=gettext_lazy("You hold this certificate."),
    )


def reason_of(event: CertificateEvent) -> str:
    """Return why, for the holder: the class of the cause, and the words of who decided."""
    return ": ".join(filter(None, (event.get_cause_display() if event.cause else "", event.reason)))


def advice(event: CertificateEvent) -> str:
    """Say what the holder does now."""
    if event.kind == Kind.REISSUED:
        return _("Download it again and use the new PDF; whoever checks the earlier one reads that it was replaced.")
    if event.kind == Kind.RESTORED:
        return _("You can use it again as before.")
    if event.cause == Certificate.Cause.UNDONE and _is_external(event.certificate):
        return _("The reason stands with the training under External training.")
    if event.cause == Certificate.Cause.UNDONE:
        return _("See under My learning what is still to be done; once it is complete, the certificate is back.")
    return _("Please do not show it any more. If you see it otherwise, speak with the organiser of your agency.")


def tell_holder(certificate: Certificate, event: CertificateEvent) -> None:
    """Tell the holder, except where the decision about an external training has just told it; it stops nothing."""
    if event.by_id is None and _is_external(certificate):
        return
    person = certificate.person
    with translation.override(person.language):
        titles = {
            Kind.REVOKED: _("Your certificate was revoked: %(title)s"),
            Kind.REISSUED: _("Your certificate was issued anew: %(title)s"),
            Kind.RESTORED: _("Your certificate is in force again: %(title)s"),
        }
        why = reason_of(event)
        about = [_("Certificate number: %(number)s.") % {"number": certificate.number}]
        about += [_("Reason: %(reason)s.") % {"reason": why.rstrip(".")}] if why else []
        message = Message(
            person=person,
            key=f"certificate:{event.pk}",
            kind=CHANGED,
            title=titles[Kind(event.kind)] % {"title": certificate.achievement.title},
            text=" ".join([*about, advice(event)]),
            url=reverse("certificates:mine"),
        )
    try:
        notify_many([message])
    except Exception:
        logger.exception("The holder of certificate %s could not be told", certificate.pk)


def _is_external(certificate: Certificate) -> bool:
    return certificate.achievement.kind == Achievement.Kind.EXTERNAL
