"""Compile the translations that have changed, without GNU gettext."""

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_changed(folder: Path = LOCALE) -> list[Path]:
    """Write a `.mo` beside each `.po` that is newer than it; return what was written."""
    written = []
    for source in sorted(folder.glob("**/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        polib.pofile(str(source)).save_as_mofile(str(target))
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_changed():
        print(f"Compiled {path.relative_to(LOCALE.parent)}")
