"""Say which words people would meet in English: collect all marked texts anew and compare with the Indonesian file."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".*", "var", "node_modules", "__pycache__", "*.mo", "tests", "bench", "content")


def missing_in(language: str) -> list[str]:
    """Return the texts that have no translation, or a doubtful one, each with where it stands."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        (copy / "locale").mkdir(exist_ok=True)
        subprocess.run(
            [sys.executable, "manage.py", "makemessages", "--locale", language, "--no-wrap", "--no-obsolete"],
            cwd=copy,
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "elearning.settings.dev"},
        )
        file = polib.pofile(str(copy / "locale" / language / "LC_MESSAGES" / "django.po"))
        return [describe(entry) for entry in (*file.untranslated_entries(), *file.fuzzy_entries())]


def describe(entry) -> str:
    where = ", ".join(f"{path}:{line}" for path, line in entry.occurrences[:2])
    return f"{where}: {'doubtful: ' if entry.fuzzy else ''}{entry.msgid!r}"


if __name__ == "__main__":
    found = missing_in("id")
    print("\n".join(found))
    if found:
        sys.exit(f"{len(found)} texts lack an Indonesian translation in locale/id/LC_MESSAGES/django.po")
    print("Every text has its Indonesian translation.")
