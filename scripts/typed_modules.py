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
    "*/outlines.py",
    "people/identifiers.py",
    "people/visibility.py",
    "questions/kinds/*.py",
    "questions/formats/*.py",
    "core/law.py",
    "core/schedule.py",
    "core/worker.py",
    "elearning/checks.py",
    "elearning/settings/stores.py",
)

if __name__ == "__main__":
    for path in sorted({path for pattern in PATTERNS for path in ROOT.glob(pattern)}):
        print(path.relative_to(ROOT))
