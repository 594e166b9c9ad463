"""How a report is shown: its kind in words, the look of its state."""

from django.utils.translation import gettext as _

from ..kinds import BY_NUMBER, BY_SLUG, Kind
from ..models import ExternalTraining, TrainingKind

LOOKS = {
    "draft": "neutral",
    "waiting": "soon",
    "verified": "done",
    "revise": "action",
    "rejected": "late",
    "revoked": "late",
}


def kind_label(kind: Kind) -> str:
    return str(TrainingKind(kind.number).label) if kind.number else _("Formal education")


def kind_of(training: ExternalTraining) -> Kind:
    return BY_NUMBER[training.kind] if training.kind else BY_SLUG["pendidikan"]
