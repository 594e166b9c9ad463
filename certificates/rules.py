"""Small answers about certificates."""

import datetime as dt

from completion.models import Achievement

from .models import Certificate

ISSUES = "issues_certificate"


def deserves_certificate(achievement: Achievement) -> bool:
    """Say whether the platform issues one: for external training only where its verified facts ask for it.

    Who verified an external programme saw its organiser's own certificate; a second one of ours would say nothing more.
    """
    if achievement.undone_at is not None:
        return False
    return achievement.kind != Achievement.Kind.EXTERNAL or achievement.facts.get(ISSUES) is True


def is_expired(certificate: Certificate, on: dt.date) -> bool:
    """`valid_until` is the last day on which it holds."""
    return certificate.valid_until is not None and certificate.valid_until < on


def may_download(certificate: Certificate, person) -> bool:
    """The holder, while it is in force: the PDF bears the NIP in full."""
    return certificate.person_id == person.pk and certificate.state == Certificate.State.VALID
