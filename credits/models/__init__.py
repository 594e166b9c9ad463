"""What learning counts for: JP (jam pelajaran) by dated rules, and learning done elsewhere."""

from .external import ExternalDecision, ExternalTraining, SelfStudyNotice, TrainingKind
from .ledger import LedgerEntry
from .rules import AgencyCreditSetting, Certainty, IpLine, JpRule, TargetMeaning, TargetRule

__all__ = [
    "AgencyCreditSetting",
    "Certainty",
    "ExternalDecision",
    "ExternalTraining",
    "IpLine",
    "JpRule",
    "LedgerEntry",
    "SelfStudyNotice",
    "TargetMeaning",
    "TargetRule",
    "TrainingKind",
]
