"""How `*.quiz.md` and the `.gift` beside it become a quiz page; registered with `courses.content_loading` at the start.

Questions go into the bank's category `<course title>/<quiz title>` and are known again by their code
(`courses.question_loading`). A line of `draw` asks questions at random from a category of the shared bank.
"""

import re
from dataclasses import dataclass

from courses.content_loading import ContentKind, register_content_kind
from courses.markdown_content import STATUS, TITLE, Document, Key, PageKind, ParsedPage
from courses.markdown_prose import PROSE, Problems, html_of
from courses.question_files import questions_in
from courses.question_loading import put_into_bank
from questions.models import Category
from questions.queries import pool
from questions.services import category_at, split_path

from .forms import tag_names
from .models import Behaviour, GradingMethod, QuizPage, QuizSlot

DRAW = re.compile(r"^(?P<count>\d{1,3}) from (?P<path>.+?)(?: tags (?P<tags>.+))?$")
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
    "behaviour": Key(str, default=Behaviour.DEFERRED.value, choices=tuple(Behaviour.values)),
    "method": Key(str, default=GradingMethod.HIGHEST.value, choices=tuple(GradingMethod.values)),
    "delay": Key(int, default=0, least=0, most=60 * 24 * 60),
    "time_limit": Key(int, default=0, least=0, most=60 * 24),
    "per_page": Key(int, default=1, least=0, most=50),
    "sequential": Key(bool, default=False),
    "draw": Key(list, most=400),
}
FIELDS = {  # what a key of the front matter is called on the page
    "summary": "summary",
    "introduction": "introduction",
    "minutes": "planned_minutes",
    "required": "required",
    "pass_mark": "pass_mark",
    "attempts": "attempts_allowed",
    "shuffle_options": "shuffle_options",
    "shuffle_questions": "shuffle_questions",
    "behaviour": "behaviour",
    "method": "grading_method",
    "delay": "delay_minutes",
    "time_limit": "time_limit_minutes",
    "per_page": "questions_per_page",
    "sequential": "sequential",
}


@dataclass(frozen=True)
class Draw:
    """A line such as `5 from Etika/Gratifikasi tags loket, hadiah`."""

    count: int
    path: str
    tags: str = ""


def parse_quiz(document: Document, problems: Problems) -> dict:
    """Return `introduction`, `questions` (`ParsedQuestion`, each with an `idnumber`), `draws`; note what is wrong."""
    introduction = html_of(document.body, document.path, document.body_line, problems, allowed=PROSE)
    draws = _draws(document, problems)
    path, text = document.companion_path(".gift"), document.companions.get(".gift")
    if text is None and draws:
        return {"introduction": introduction, "questions": (), "draws": draws}
    if text is None:
        problems.add(path, 1, "the file of questions is missing", "Put it beside the quiz under the same name.")
        return {"introduction": introduction, "questions": (), "draws": draws}
    return {"introduction": introduction, "questions": questions_in(text, path, problems), "draws": draws}


def _draws(document: Document, problems: Problems) -> tuple[Draw, ...]:
    found: list[Draw] = []
    lines = document.front.get("draw")
    for line in lines if isinstance(lines, list) else ():
        if isinstance(line, dict):  # `… tags tingkat: ingat` without quotation marks
            line = ", ".join(f"{name}: {value}" for name, value in line.items())
        match = DRAW.match(str(line).strip())
        if match and 1 <= int(match["count"]) <= 200 and split_path(match["path"]):
            draw = Draw(int(match["count"]), match["path"], ", ".join(tag_names(match["tags"] or "")))
            if (draw.path, draw.tags) in [(other.path, other.tags) for other in found]:
                cure = "Make one line of the two."
                problems.add(document.path, document.lines["draw"], f"draws twice from {draw.path}", cure)
            found.append(draw)
            continue
        cure = "Write `5 from Etika/Gratifikasi`, and `tags loket, hadiah` behind it where only those are meant."
        problems.add(document.path, document.lines.get("draw", 1), f"draw is {str(line)!r}", cure)
    return tuple(found)


def fill_quiz(page: QuizPage, parsed: ParsedPage, course_title: str) -> list[str]:
    """Set a quiz page's fields and slots, writing its questions to the bank; slots already there stay the same rows."""
    values = parsed.values
    for key, name in FIELDS.items():
        setattr(page, name, values[key])
    page.search_description = values["summary"]
    there = list(page.slots.all())
    slots = {slot.question_id: slot for slot in there if slot.question_id}
    drawn = {(slot.category_id, slot.draw_tags): slot for slot in there if slot.category_id}
    ordered, notes = [], []
    if values["questions"]:
        category = _category(page, course_title, values["title"])
        bank = put_into_bank(parsed=values["questions"], category=category)
        notes += bank.notes
        asked = [bank.by_code[question.idnumber] for question in values["questions"]]
        ordered += [slots.get(question.pk) or QuizSlot(question=question) for question in asked]
    ordered += [_drawn_slot(draw, drawn) for draw in values["draws"]]
    for number, slot in enumerate(ordered):
        slot.sort_order = number
    page.slots = ordered
    return notes


def _drawn_slot(draw: Draw, drawn) -> QuizSlot:
    """Return the slot of a draw; a category that is not there yet is made, for its questions may come after."""
    category = category_at(path=draw.path)
    slot = drawn.get((category.pk, draw.tags)) or QuizSlot(category=category, draw_tags=draw.tags)
    slot.draw_count = draw.count
    return slot


def short_draws(page: QuizPage) -> list[str]:
    """Name the draws of a quiz that cannot be filled."""
    found = []
    for slot in page.slots.all():
        if slot.category_id is None:
            continue
        ready = len(pool(category=slot.category, below=slot.with_subcategories, tags=tag_names(slot.draw_tags)))
        if ready < slot.draw_count:
            place = f"{slot.category}{f' tags {slot.draw_tags}' if slot.draw_tags else ''}"
            found.append(f"draws {slot.draw_count} from {place}, where {ready} are ready: learners cannot begin yet")
    return found


def _category(page: QuizPage, course_title: str, quiz_title: str) -> Category:
    """Return the category the quiz's questions are in already (titles may change), else the one of its titles."""
    first = next((slot for slot in page.slots.all() if slot.question_id), None)
    if first is not None:
        return first.question.category
    return category_at(path="/".join(title.replace("/", "//") for title in (course_title, quiz_title)))


def register() -> None:
    reading = PageKind(keys=KEYS, parse=parse_quiz, companions=(".gift",))
    register_content_kind("quiz", ContentKind(reading, QuizPage, fill_quiz, afterwards=short_draws))
