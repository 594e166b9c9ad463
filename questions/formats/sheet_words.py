"""The words of a spreadsheet of questions: headings, kinds, states and settings, each in English and in Indonesian.

People fill in the sheet in either language, whatever the site speaks at the moment, so both are known here.
"""

import re
import unicodedata

from ..kinds.choice import MOST_OPTIONS, option_id

MOST_HINTS = 10

# key: what people write above the column; the first English and the first Indonesian one are written by us.
HEADINGS = {
    "kind": ("Kind", "Jenis", "Type", "Tipe", "Jenis soal", "Question type"),
    "category": ("Category", "Kategori", "Topik", "Topic"),
    "id": ("ID", "ID", "Kode", "Code", "idnumber"),
    "name": ("Name", "Nama", "Nama soal", "Judul", "Title", "Question name"),
    "text": ("Question", "Pertanyaan", "Soal", "Butir soal", "Teks soal", "Question text"),
    "key": ("Key", "Kunci", "Kunci jawaban", "Jawaban benar", "Jawaban", "Answer", "Right answer", "Correct answer"),
    "general_feedback": ("General feedback", "Pembahasan", "Penjelasan", "Umpan balik umum", "Explanation"),
    "right": ("If right", "Jika benar"),
    "partly": ("If partly right", "Jika benar sebagian"),
    "wrong": ("If wrong", "Jika salah"),
    "guide": ("Marking guide", "Panduan penilaian"),
    "template": ("Answer template", "Kerangka jawaban"),
    "tags": ("Tags", "Tag", "Label"),
    "mark": ("Mark", "Nilai", "Bobot", "Bobot soal", "Skor", "Poin", "Points"),
    "state": ("State", "Status"),
    "settings": ("Settings", "Pengaturan"),
}
# The same for columns that repeat: “Option A”, “Pilihan B”, “Petunjuk 1”.
REPEATED = {
    "option": ("Option", "Pilihan", "Opsi", "Jawaban", "Answer", "Choice"),
    "weight": ("Mark", "Nilai", "Bobot", "Weight"),
    "feedback": ("Feedback", "Umpan balik"),
    "hint": ("Hint", "Petunjuk"),
}
ORDER = ("kind", "category", "id", "name", "text", "option", "weight", "feedback", "key", "general_feedback", "right",
         "partly", "wrong", "hint", "guide", "template", "tags", "mark", "state", "settings")  # fmt: skip

KINDS = {
    "single": ("One answer", "Satu jawaban", "Pilihan tunggal"),
    "multiple": ("Several answers", "Beberapa jawaban", "Pilihan ganda kompleks", "Multiple response"),
    "truefalse": ("True or false", "Benar atau salah", "Benar salah", "B S", "BS", "True false"),
    "shorttext": ("Short text", "Jawaban singkat", "Isian singkat", "Isian", "Teks singkat", "Short answer"),
    "numerical": ("Number", "Angka", "Bilangan", "Numerik", "Numerical", "Numeric"),
    "matching": ("Matching", "Menjodohkan", "Mencocokkan", "Jodohkan", "Pasangkan"),
    "ordering": ("Ordering", "Mengurutkan", "Urutan", "Urutkan", "Put in order"),
    "essay": ("Essay", "Esai", "Uraian"),
    "description": ("Text to read", "Teks bacaan", "Description", "Keterangan", "Deskripsi"),
}
# One answer or several: the key tells.
CHOICE = ("", "Multiple choice", "Pilihan ganda", "PG")
STATES = {
    "draft": ("draft", "draf"),
    "ready": ("ready", "siap"),
    "retired": ("retired", "pensiun", "tidak dipakai lagi"),
}
TRUTHS = {
    True: ("true", "benar", "betul", "ya", "yes", "t", "b", "1"),
    False: ("false", "salah", "tidak", "no", "f", "s", "0"),
}
SETTINGS = {
    "shuffle": ("shuffle", "acak"),
    "grading": ("grading", "penilaian"),
    "case": ("case", "huruf besar kecil"),
    "accents": ("accents", "tanda aksen"),
    "units": ("units", "satuan"),
    "unit_rule": ("unit rule", "aturan satuan"),
    "unit_penalty": ("unit penalty", "potongan satuan"),
    "penalty": ("penalty", "potongan"),
    "editor": ("editor", "kotak jawaban"),
    "words_min": ("min words", "kata minimal"),
    "words_max": ("max words", "kata maksimal"),
    "files": ("files", "berkas"),
    "files_required": ("files required", "berkas wajib"),
    "file_types": ("file types", "jenis berkas"),
    "file_size": ("file size", "ukuran berkas"),
}
CHOICES = {
    "grading": {
        "partial": ("partial", "sebagian"), "all": ("all", "semua"), "position": ("position", "posisi"),
        "pairs": ("pairs", "pasangan"), "longest": ("longest", "terpanjang"),
    },
    "unit_rule": {"none": ("none", "tanpa"), "optional": ("optional", "boleh"), "required": ("required", "wajib")},
    "editor": {"rich": ("rich", "lengkap"), "plain": ("plain", "polos"), "none": ("none", "tanpa")},
}  # fmt: skip
SWITCHES = ("shuffle", "case", "accents")
COUNTS = ("words_min", "words_max", "files", "files_required", "file_size")
KINDS_OF_SETTINGS = {
    "single": ("shuffle",), "multiple": ("shuffle", "grading"), "matching": ("shuffle",), "ordering": ("grading",),
    "shorttext": ("case", "accents"), "numerical": ("units", "unit_rule", "unit_penalty"),
    "essay": ("editor", "words_min", "words_max", "files", "files_required", "file_types", "file_size"),
}  # fmt: skip


def folded(text: str) -> str:
    """Return a word as it is compared: small letters, one blank between words, no signs and accents."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", "".join(c for c in plain if not unicodedata.combining(c))).split())


def _lookup(table: dict) -> dict[str, object]:
    """Turn `{key: (words)}` into `{word: key}`; the key is a word too."""
    found = {folded(str(key)): key for key in table if isinstance(key, str)}
    return found | {folded(word): key for key, words in table.items() for word in words}


HEADING_OF = _lookup(HEADINGS)
REPEATED_OF = _lookup(REPEATED)
KIND_OF = _lookup(KINDS)
STATE_OF = _lookup(STATES)
TRUTH_OF = _lookup(TRUTHS)
SETTING_OF = _lookup(SETTINGS)
CHOICE_OF = {key: _lookup(words) for key, words in CHOICES.items()}
IS_CHOICE = {folded(word) for word in CHOICE}
NUMBERED = re.compile(r"^(?:(.*) )?([a-z]{1,2}|[0-9]{1,2})$")
PLACES = {option_id(number): number for number in range(MOST_OPTIONS + 1)}


def column_of(heading: str) -> str | None:
    """Return what a column holds, `text` or `option:0`, by its heading; None for a heading we do not know."""
    words = folded(heading)
    if words in HEADING_OF:
        return str(HEADING_OF[words])
    found = NUMBERED.match(words)
    if not found:
        return None
    group = REPEATED_OF.get(found.group(1)) if found.group(1) else "option"
    place = place_of(found.group(2))
    return f"{group}:{place}" if group and place is not None else None


def place_of(mark: str) -> int | None:
    """Return the place, from 0, that `B` or `2` names; None for what names none."""
    mark = mark.casefold()
    if mark.isascii() and mark.isdigit():
        return int(mark) - 1 if 1 <= int(mark) <= MOST_OPTIONS + 1 else None
    return PLACES.get(mark)


def heading(column: str, language: int) -> str:
    """Return what we write above a column; `language` is 0 for English, 1 for Indonesian."""
    group, _colon, place = column.partition(":")
    if not place:
        return HEADINGS[column][language]
    words = REPEATED[group][language]
    if group == "hint":
        return f"{words} {int(place) + 1}"
    return f"{words} {option_id(int(place)).upper()}{' (%)' if group == 'weight' else ''}"


def in_order(columns: set[str]) -> list[str]:
    """Return columns as they stand in a sheet: each option beside its mark and feedback."""

    def place(column: str) -> tuple[int, int, int]:
        group, _colon, number = column.partition(":")
        beside = ORDER.index("option") if group in ("option", "weight", "feedback") else ORDER.index(group)
        return beside, int(number or 0), ORDER.index(group)

    return sorted(columns, key=place)
