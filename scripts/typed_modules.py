"""Print the modules that mypy judges: pure logic, services, queries and rules of every app."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATTERNS = (
    "*/services.py",
    "*/services/*.py",
    "*/queries.py",
    "*/rules.py",
    "*/policy.py",
    "*/grading.py",
    "credits/engine.py",
    "credits/external/evidence.py",
    "credits/external/queries.py",
    "credits/external/rules.py",
    "credits/external/services.py",
    "credits/record/rows.py",
    "credits/learning.py",
    "credits/rulebook.py",
    "credits/rules/effects.py",
    "credits/rules/services.py",
    "credits/years.py",
    "quizzes/behaviours.py",
    "siasn/client.py",
    "siasn/exporting.py",
    "siasn/mapping.py",
    "siasn/records.py",
    "quizzes/charts.py",
    "quizzes/deliveries.py",
    "quizzes/layout.py",
    "quizzes/replay.py",
    "quizzes/reviewing.py",
    "quizzes/statistics.py",
    "quizzes/timing.py",
    "*/outlines.py",
    "notifications/planning.py",
    "people/identifiers.py",
    "people/visibility.py",
    "questions/kinds/*.py",
    "questions/formats/*.py",
    "certificates/codes.py",
    "certificates/drawing.py",
    "certificates/numbering.py",
    "certificates/signing.py",
    "certificates/wording.py",
    "core/law.py",
    "core/limits.py",
    "core/schedule.py",
    "core/typeset.py",
    "core/worker.py",
    "elearning/checks.py",
    "elearning/settings/stores.py",
)

if __name__ == "__main__":
    for path in sorted({path for pattern in PATTERNS for path in ROOT.glob(pattern)}):
        print(path.relative_to(ROOT))
