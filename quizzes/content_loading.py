"""How `*.quiz.md` and the `.gift` beside it become a quiz page; registered with `courses.content_loading` at the start.

Questions go into the bank's category `<course title>/<quiz title>` and are known again by their id: `[id:…]` there,
else the first word of the name (`A-01`). A question whose latest wording a person wrote is left as it is.
"""

import re

from courses.content_loading import ContentKind, register_content_kind
from courses.markdown_content import STATUS, TITLE, Document, Key, PageKind, ParsedPage
from courses.markdown_prose import PROSE, Problems, html_of
from questions.formats import gift
from questions.formats.base import ParsedQuestion
from questions.kinds import UnknownKind, get_kind
from questions.models import Category, Question
from questions.services import category_at, create_question, save_version

from .models import QuizPage, QuizSlot

CODE = re.compile(r"^[A-Za-z]+\d*[-.]?\d+[a-z]?$")
KEYS = {
    "title": TITLE,
    "summary": Key(str, default="", most=250),
    "status": STATUS,
    "minutes": Key(int, required=True, least=1, most=600),
    "required": Key(bool, default=True),
    "pass_mark": Key(int, default=70, least=0, most=100),
    "attempts": Key(int, default=3, least=0, most=100),
    "shuffle_options": Key(bool, default=True),
    "shuffle_questions": Key(bool, default=False),
}


def parse_quiz(document: Document, problems: Problems) -> dict:
    """Return `introduction` and `questions` (`ParsedQuestion`, each with an `idnumber`), noting what is wrong."""
    introduction = html_of(document.body, document.path, document.body_line, problems, allowed=PROSE)
    path, text = document.companion_path(".gift"), document.companions.get(".gift")
    if text is None:
        problems.add(path, 1, "the file of questions is missing", "Put it beside the quiz under the same name.")
        return {"introduction": introduction, "questions": ()}
    questions = tuple(gift.read(text))
    if not questions:
        problems.add(path, 1, "there is no question", "Write at least one; see content/README.md.")
    seen: set[str] = set()
    for question in questions:
        _note_problems(question, path, seen, problems)
    return {"introduction": introduction, "questions": questions}


def _note_problems(question: ParsedQuestion, path: str, seen: set[str], problems: Problems) -> None:
    for problem in question.problems:
        problems.add(path, question.line, f"{question.name}: {problem}", "Mend the question.")
    question.idnumber = question.idnumber or _code(question.name)
    if not question.idnumber:
        problems.add(path, question.line, f"“{question.name}” has no code", "Begin its name with one: ::A-01 Title::")
    elif question.idnumber in seen:
        problems.add(path, question.line, f"{question.idnumber} is there twice", "Give each question its own code.")
    seen.add(question.idnumber)
    try:
        get_kind(question.kind)
    except UnknownKind:
        problems.add(path, question.line, f"{question.kind!r} questions cannot be asked yet", "Use another kind.")


def _code(name: str) -> str:
    first = name.split(" ")[0] if name else ""
    return first if CODE.match(first) else ""


def fill_quiz(page: QuizPage, parsed: ParsedPage, course_title: str) -> list[str]:
    """Set a quiz page's fields and slots, writing its questions to the bank; slots already there stay the same rows."""
    values = parsed.values
    page.summary = page.search_description = values["summary"]
    page.introduction = values["introduction"]
    page.planned_minutes = values["minutes"]
    page.required = values["required"]
    page.pass_mark = values["pass_mark"]
    page.attempts_allowed = values["attempts"]
    page.shuffle_options = values["shuffle_options"]
    page.shuffle_questions = values["shuffle_questions"]
    slots = {slot.question_id: slot for slot in page.slots.all()}
    category = _category(page, course_title, values["title"])
    known = {question.idnumber: question for question in Question.objects.filter(category=category)}
    notes, ordered = [], []
    for number, asked in enumerate(values["questions"]):
        question = _write_question(known.get(asked.idnumber), asked, category, notes)
        slot = slots.get(question.pk) or QuizSlot(question=question)
        slot.sort_order = number
        ordered.append(slot)
    page.slots = ordered
    return notes


def _category(page: QuizPage, course_title: str, quiz_title: str) -> Category:
    """Return the category the quiz's questions are in already (titles may change), else the one of its titles."""
    first = page.slots.all().first()
    if first is not None and first.question is not None:
        return first.question.category
    return category_at(path="/".join(title.replace("/", "//") for title in (course_title, quiz_title)))


def _write_question(question: Question | None, asked: ParsedQuestion, category: Category, notes: list[str]) -> Question:
    if question is None:
        return create_question(
            category=category,
            kind=asked.kind,
            name=asked.name,
            data=asked.data,
            tags=asked.tags,
            idnumber=asked.idnumber,
        )
    latest = question.versions.order_by("-number").first()
    if latest is not None and latest.created_by_id is not None:
        notes.append(f"a person changed the question {question.idnumber} “{question.name}”")
        return question
    if question.kind != asked.kind:
        notes.append(f"{question.idnumber} is of another kind now: give the new question another code")
        return question
    save_version(question=question, data=asked.data)
    return question


def register() -> None:
    reading = PageKind(keys=KEYS, parse=parse_quiz, companions=(".gift",))
    register_content_kind("quiz", ContentKind(reading, QuizPage, fill_quiz))
