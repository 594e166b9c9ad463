"""Kinds of training as SIASN numbers them (jenisDiklat, 1–25), and which form of the JP table each is. Pure.

Names are spelled in the reference list of BKN; these labels are ours. Formal education has no number there: SIASN keeps
it among degrees. Numbers 13 and 25 ("others") have no form in the table: they count as the form nearest to them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """`number` is SIASN's, None for formal education; `form` a value of `courses.CoursePage.Form`."""

    slug: str
    number: int | None
    form: str
    is_classical: bool


KINDS = (
    Kind("struktural", 1, "leadership", True),
    Kind("fungsional", 2, "training", True),
    Kind("teknis", 3, "training", True),
    Kind("manajerial", 5, "training", True),
    Kind("sosial-kultural", 6, "training", True),
    Kind("seminar", 9, "seminar", True),
    Kind("lokakarya", 4, "workshop", True),
    Kind("sosialisasi", 7, "briefing", True),
    Kind("bimtek", 8, "course", True),
    Kind("kursus", 11, "course", True),
    Kind("penataran", 12, "course", True),
    Kind("klasikal-lain", 13, "training", True),
    Kind("pendidikan", None, "formal", True),
    Kind("e-learning", 16, "elearning", False),
    Kind("jarak-jauh", 17, "distance", False),
    Kind("coaching", 14, "coaching", False),
    Kind("mentoring", 15, "mentoring", False),
    Kind("belajar-mandiri", 22, "self_study", False),
    Kind("komunitas", 23, "community", False),
    Kind("tempat-kerja", 24, "on_the_job", False),
    Kind("magang", 10, "internship", False),
    Kind("detasering", 18, "secondment", False),
    Kind("alam-terbuka", 19, "outbound", False),
    Kind("patok-banding", 20, "benchmarking", False),
    Kind("pertukaran", 21, "exchange", False),
    Kind("nonklasikal-lain", 25, "on_the_job", False),
)
BY_SLUG = {kind.slug: kind for kind in KINDS}
BY_NUMBER = {kind.number: kind for kind in KINDS if kind.number}
# What a course of this platform is for SIASN, by its form; a training by what kind of competency it is about.
OF_FORM = {
    "leadership": 1, "training": 3, "seminar": 9, "workshop": 4, "course": 11, "briefing": 7, "coaching": 14,
    "mentoring": 15, "elearning": 16, "distance": 17, "secondment": 18, "outbound": 19, "benchmarking": 20,
    "exchange": 21, "self_study": 22, "community": 23, "on_the_job": 24, "internship": 10,
}  # fmt: skip
CLASSICAL_FORMS = {kind.form for kind in KINDS if kind.is_classical}
# The share of learning a form belongs to (formal 10, social 20, on the job 70), as the ASN Corporate University mixes.
SOCIAL_FORMS = {"coaching", "mentoring", "community"}
ON_THE_JOB_FORMS = {"on_the_job", "internship", "secondment", "exchange", "benchmarking"}


def number_of_form(form: str) -> int | None:
    """Return SIASN's number for a form of learning; None for formal education, which has none."""
    return OF_FORM.get(form)


def pillar(form: str) -> int:
    """Return 10, 20 or 70: learning in courses, from others, at work."""
    if form in SOCIAL_FORMS:
        return 20
    return 70 if form in ON_THE_JOB_FORMS else 10
