"""What stands in the template of a spreadsheet of questions: example rows and the explanation of each column.

The examples are content, so they are Indonesian, as the lessons are.
"""

from ..wording import gettext
from .sheet_words import CHOICES, KINDS, KINDS_OF_SETTINGS, SETTINGS, heading, in_order

TEMPLATE_COLUMNS = in_order(
    {"kind", "category", "name", "text", "key", "general_feedback", "tags", "mark", "settings"}
    | {f"{group}:{place}" for place in range(5) for group in ("option", "weight", "feedback")}
)

EXAMPLES: list[dict[str, str]] = [
    {
        "kind": "single", "category": "Etika/Gratifikasi", "name": "Batas waktu lapor",
        "text": "Kepada siapa pegawai melaporkan gratifikasi yang diterimanya?",
        "option:0": "Atasan langsung saja", "option:1": "Komisi Pemberantasan Korupsi", "option:2": "Rekan sekantor",
        "feedback:0": "Atasan boleh tahu, tetapi laporan resmi bukan kepadanya.", "key": "B",
        "general_feedback": "Laporan dapat disampaikan melalui unit pengendalian gratifikasi di instansi.",
        "tags": "gratifikasi, laporan",
    },
    {
        "kind": "multiple", "category": "Etika/Gratifikasi", "text": "Mana yang termasuk gratifikasi?",
        "option:0": "Diskon khusus dari rekanan", "option:1": "Tiket perjalanan dari pemohon izin",
        "option:2": "Gaji bulanan", "option:3": "Hadiah uang dari pemenang tender", "key": "A, B, D",
    },
    {
        "kind": "single", "category": "Pelayanan", "text": "Loket penuh dan sistem mati. Apa langkah pertama Anda?",
        "option:0": "Memberi tahu pengunjung dan perkiraan waktunya", "weight:0": "100%",
        "option:1": "Menelepon petugas TI", "weight:1": "50%", "option:2": "Menutup loket", "weight:2": "0%",
        "settings": "acak=tidak",
    },
    {
        "kind": "truefalse", "category": "Pelayanan", "text": "Standar pelayanan wajib diumumkan kepada masyarakat.",
        "key": "BENAR", "feedback:0": "Tepat.", "feedback:1": "Masyarakat berhak mengetahui standarnya.",
    },
    {
        "kind": "shorttext", "category": "Pelayanan", "text": "Apa kepanjangan huruf P pada SOP?",
        "option:0": "Prosedur", "option:1": "Procedure", "weight:0": "100%", "weight:1": "50%",
        "feedback:1": "Benar artinya; pakailah istilah Indonesia.",
    },
    {
        "kind": "numerical", "category": "Pelayanan",
        "text": "Antrean 45 orang dilayani 3 loket, tiap orang 4 menit. Berapa menit sampai selesai?",
        "option:0": "60 ± 1", "feedback:0": "45 : 3 × 4 menit.",
    },
    {
        "kind": "matching", "category": "Wilayah", "text": "Pasangkan kota dengan zona waktunya.",
        "option:0": "Palembang -> WIB", "option:1": "Palu -> WITA", "option:2": "Sorong -> WIT",
    },
    {
        "kind": "ordering", "category": "Pelayanan", "text": "Urutkan penanganan pengaduan.",
        "option:0": "Menerima dan mencatat", "option:1": "Menelaah", "option:2": "Menindaklanjuti",
        "option:3": "Memberi tahu pelapor",
    },
    {
        "kind": "essay", "category": "Pelayanan", "mark": "5",
        "text": "Jelaskan bagaimana unit Anda memperbaiki satu layanan dalam setahun terakhir.",
        "option:0": "Masalahnya jelas", "weight:0": "2", "option:1": "Ada bukti perbaikan", "weight:1": "3",
        "settings": "kata minimal=100; kata maksimal=400",
    },
    {"kind": "description", "category": "Pelayanan", "text": "Bacalah kasus berikut untuk dua soal setelah ini."},
]  # fmt: skip


def explanations(language: int) -> list[tuple[str, str]]:
    """Return the lines of the explanation sheet: a heading or a kind, and what to write."""
    kinds = {kind: names[language] for kind, names in KINDS.items()}
    lines = [
        (gettext("How to fill in"), gettext("One row is one question. Leave cells empty that you do not need.")),
        (heading("kind", language), ", ".join(kinds.values())),
        (heading("category", language), gettext("A folder of the bank; a slash parts folders: Etika/Gratifikasi.")),
        (heading("id", language), gettext("Optional: the same ID imported again makes a new version of the question.")),
        (heading("name", language), gettext("For finding it again; empty: the first words of the question.")),
        (heading("text", language), gettext("What is asked. Line breaks, <b>bold</b> and <i>italic</i> may be used.")),
        (heading("option:0", language), gettext("Options, answers, pairs or steps; add columns F, G, H… when needed.")),
        (heading("weight:0", language), gettext("Only where an option earns a part: 50%, -25%, 1/3. Else a key.")),
        (heading("feedback:0", language), gettext("What someone reads who chose this.")),
        (heading("key", language), gettext("The letter of the right option: B. Several: A, C. Or BENAR, SALAH.")),
        (heading("general_feedback", language), gettext("What everyone reads afterwards.")),
        (heading("tags", language), gettext("Separated by commas.")),
        (heading("mark", language), gettext("What the question counts; empty: 1.")),
        (heading("state", language), gettext("draft, ready or retired; empty: as chosen for the import.")),
        (heading("hint:0", language), gettext("Shown after a wrong try, where a quiz allows several.")),
        (f"{heading('guide', language)}, {heading('template', language)}", gettext("For essays only.")),
        (heading("settings", language), gettext("Rarely needed: name=value, parted by semicolons, see below.")),
        ("", ""),
        (kinds["truefalse"], gettext("The feedback of option A is for who answers “true”, of option B for “false”.")),
        (kinds["shorttext"], gettext("Every option is an answer that counts; * stands for any letters.")),
        (kinds["numerical"], gettext("60 exactly, 60 ± 1, 60 ± 5%, or a range 55 .. 65.")),
        (kinds["matching"], gettext("Each option is a pair: Palu -> WITA. A wrong half alone: -> WIT.")),
        (kinds["ordering"], gettext("The options in the right order.")),
        (kinds["essay"], gettext("The options are what markers look at, the marks beside them their points.")),
        ("", ""),
    ]  # fmt: skip
    return lines + [
        (
            f"{heading('settings', language)}: {kinds[kind]}",
            "; ".join(_setting(key, language) for key in (*keys, "penalty")),
        )
        for kind, keys in KINDS_OF_SETTINGS.items()
    ]


def _setting(key: str, language: int) -> str:
    name = SETTINGS[key][language]
    if key in CHOICES:
        return f"{name}={'/'.join(names[language] for names in CHOICES[key].values())}"
    examples = {"units": "m:1|cm:0,01", "file_types": "pdf docx", "file_size": "5 MB"}
    if key in ("shuffle", "case", "accents"):
        return f"{name}={'ya/tidak' if language else 'yes/no'}"
    if key in ("penalty", "unit_penalty"):
        return f"{name}=25%"
    return f"{name}={examples.get(key, '1')}"
