"""Write what the load tool asks for: files of requests of signed-in people, taken from the demonstration data.

Run inside the site (`python bench/targets.py FOLDER`). Each line of a file is method, path, cookie and body, parted by
tabs; `{uuid}` in a body becomes another id in every request.
"""

import itertools
import os
import re
import sys
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from completion import services as completion  # noqa: E402
from completion.queries import current_enrolment  # noqa: E402
from courses.models import CoursePage, LessonPage  # noqa: E402
from courses.queries import course_id_of  # noqa: E402
from courses.services import refresh_course  # noqa: E402
from people.models import Person  # noqa: E402
from people.visibility import supervised_by  # noqa: E402
from questions.models import Question  # noqa: E402
from quizzes import services as quizzes  # noqa: E402
from quizzes.models import QuizPage, QuizSlot  # noqa: E402

LEARNERS = 32
TAKERS = int(os.environ.get("TAKERS", "200"))
ATTEMPTS_AT_ONCE = [8, 32]
TOKEN = "a" * 32  # the secret of a form: the same in cookie and header is what Django asks for
HOST = settings.ALLOWED_HOSTS[0]
PASSWORD = "bench-only-Kata-sandi-2026"  # noqa: S105


def main(folder: Path) -> None:
    final = QuizPage.objects.live().filter(pass_mark__gt=0).order_by("pk").first()
    course = CoursePage.objects.get(pk=course_id_of(final))
    quiz, exam = ten_questions(final, "bench-pages", per_page=1), ten_questions(final, "bench", per_page=0)
    lessons = [page.get_url() for page in LessonPage.objects.live().descendant_of(course)]
    people = learners(course)
    doors = sign_ins(people)  # before the sessions: a new password ends those of before
    sessions = [(person, session(person)) for person in people]
    every = [cookie for _, cookie in sessions]
    pages = {
        "bare view": ["/bench/bare/"],
        "lesson": lessons,
        "course": [course.get_url()],
        "catalogue": [course.get_parent().get_parent().get_url()],
        "today": ["/"],
        "my learning": [reverse("completion:learning")],
    }
    for name, paths in pages.items():
        write(folder, name, [("GET", path, cookie, "") for cookie in every for path in paths])
    attempts = [(cookie, quizzes.start_attempt(person=person, quiz=quiz)) for person, cookie in sessions]
    write(folder, "quiz question", [("GET", path, cookie, "") for cookie, path in questions(attempts)])
    write(folder, "quiz answer", answers(attempts))
    for clients in ATTEMPTS_AT_ONCE:
        write(folder, f"attempts {clients}", takers(course, exam, f"{clients}"))
    team = reverse("reports:team")
    write(folder, "team page", [("GET", team, session(person), "") for person in supervisors()])
    write(folder, "sign-in", doors)


def learners(course) -> list[Person]:
    """Return people who study the course; those who do not yet are enrolled."""
    people = list(Person.objects.filter(is_active=True, employments__isnull=False).distinct().order_by("pk")[:LEARNERS])
    for person in people:
        if not current_enrolment(person, course.pk):
            completion.enrol(person=person, course=course)
    return people


def takers(course, exam, name: str) -> list[tuple[str, str, str]]:
    """Return who takes whole attempts: signed-in people who have never tried the quiz of ten questions on one page."""
    rows = []
    for number in range(TAKERS):
        person = Person.objects.create(name=f"Peserta {number}", email=f"bench-{name}-{number}@contoh.example")
        completion.enrol(person=person, course=course)
        rows.append((session(person), exam.get_url(), reverse("quizzes:start", args=[exam.pk])))
    return rows


def ten_questions(final, slug: str, *, per_page: int) -> QuizPage:
    """Return a quiz beside another, of ten questions with one answer from the banks that the other draws from."""
    if known := QuizPage.objects.sibling_of(final).filter(slug=slug).first():
        return known
    banks = final.slots.values("category")
    chosen = Question.objects.filter(kind="single", category__in=banks).order_by("pk")[:10]
    quiz = QuizPage(title="Bench", slug=slug, questions_per_page=per_page, attempts_allowed=0)
    quiz.slots = [QuizSlot(question=question) for question in chosen]
    final.get_parent().add_child(instance=quiz)
    quiz.save_revision().publish()
    refresh_course(course=CoursePage.objects.get(pk=course_id_of(quiz)))
    return quiz


def supervisors() -> list[Person]:
    """Return the three with the most people below them."""
    heads = Person.objects.filter(posts__is_head=True).distinct()
    return sorted(heads, key=lambda person: -supervised_by(person).count())[:3]


def session(person) -> str:
    client = Client()
    client.force_login(person)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}; csrftoken={TOKEN}"


def questions(attempts):
    for cookie, attempt in attempts:
        for asked in attempt.questions.order_by("position"):
            yield cookie, reverse("quizzes:question", args=[attempt.key, asked.page_number])


def answers(attempts) -> list[tuple[str, str, str, str]]:
    """Answer each question with one option, then each with another, as a newer answer than all before."""
    first, second = [], []
    for cookie, path in questions(attempts):
        page = Client(headers={"cookie": cookie, "host": HOST}).get(path).content.decode()
        fields = re.findall(r'<input[^>]*type="(?:radio|checkbox)"[^>]*>', page)
        given = [(attribute(field, "name"), attribute(field, "value")) for field in fields]
        for rows, choice in ((first, given[0]), (second, given[1])):
            position = choice[0].removeprefix("jawaban-")
            words = {choice[0]: choice[1], f"based_on-{position}": 2**31 - 1, "aksi": "berikutnya"}
            rows.append(("POST", path, cookie, urlencode(words) + f"&client_id-{position}={{uuid}}"))
    return first + second


def attribute(field: str, name: str) -> str:
    return re.search(rf'\b{name}="([^"]*)"', field)[1]


def sign_ins(people) -> list[tuple[str, str, str, str]]:
    rows = []
    for person in itertools.islice((person for person in people if person.email), 8):
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
        words = {"login": person.email, "password": PASSWORD}
        rows.append(("POST", settings.WAGTAIL_FRONTEND_LOGIN_URL, f"csrftoken={TOKEN}", urlencode(words)))
    return rows


def write(folder: Path, name: str, rows) -> None:
    rows = list(rows)
    assert rows, f"the demonstration data holds nothing for: {name}"  # noqa: S101
    (folder / f"{name}.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
