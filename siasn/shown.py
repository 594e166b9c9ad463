"""Deliveries in words, and what the learning record is told of certificates and of SIASN."""

from django.urls import reverse
from django.utils.translation import gettext as _

from credits.record.rows import Proof

from .models import Delivery
from .records import certificates_of


def error_in_words(delivery: Delivery) -> str:
    """Say what happened at the last attempt and what to do."""
    words = {
        "refused": _("SIASN does not take it: %(said)s. Correct it, then send it again."),
        "incomplete": _("Not sent, because: %(said)s. Correct it, then send it again."),
        "undone": _("Not sent: the completion was taken back."),
        "keys": _("SIASN does not accept the keys; an administrator renews them. It is tried again. %(said)s"),
        "rate": _("SIASN asks for fewer calls; it is tried again soon. %(said)s"),
        "unavailable": _("SIASN did not answer; it is tried again. %(said)s"),
        "document": _("The certificate cannot be read: %(said)s"),
    }
    text = words.get(delivery.error, "")
    return (text % {"said": delivery.said.rstrip(".")}).strip() if text else ""


def deliveries_of(achievement_ids: list[int]) -> dict[int, str]:
    """Return, in a word, where each achievement is on its way to SIASN."""
    words = {
        Delivery.State.WAITING: _("waiting to be sent to SIASN"),
        Delivery.State.SENT: _("in SIASN"),
        Delivery.State.FAILED: _("not in SIASN yet"),
        Delivery.State.REFUSED: _("not in SIASN yet"),
    }
    rows = Delivery.objects.filter(achievement__in=achievement_ids).values_list("achievement", "state")
    return {pk: words[Delivery.State(state)] for pk, state in rows}


def proofs_of(achievement_ids: list[int]) -> dict[int, Proof]:
    """Return the certificates of achievements, those in force."""
    return {
        pk: Proof(
            version.certificate.number,
            reverse("certificates:certificate", args=[version.certificate.code]),
            version.sha256,
        )
        for pk, version in certificates_of(achievement_ids).items()
    }
