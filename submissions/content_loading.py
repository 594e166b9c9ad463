"""How `*.tugas.md` becomes the page of a task; registered with `courses.content_loading` at the start.

The front matter says what is handed in and by which rules; the body is the task, and its block `::: panduan` the
marking guide. The format is written down in `content/README.md`.
"""

import re

from courses.content_loading import ContentKind, register_content_kind
from courses.markdown_content import STATUS, TITLE, Document, Key, PageKind, ParsedPage
from courses.markdown_prose import PROSE, Problems, html_of

from .guides import MOST_CRITERIA, MOST_POINTS, stream_criterion
from .models import MOST_FILES, SubmissionPage
from .uploads import KINDS, USUAL_KINDS

GUIDE = re.compile(r"^::: panduan[ \t]*\n(?P<body>.*?)^:::[ \t]*$", re.DOTALL | re.MULTILINE)
CRITERION = re.compile(r"^### (?P<title>.+?) \((?P<points>\d{1,4})\)\s*$")
LEVEL = re.compile(r"^- (?P<points>\d{1,4}): (?P<text>.+)$")
KEYS = {
    "title": TITLE,
    "summary": Key(str, default="", most=250),
    "status": STATUS,
    "minutes": Key(int, required=True, least=1, most=600),
    "required": Key(bool, default=True),
    "complete": Key(str, default="submitted", choices=tuple(str(rule) for rule in SubmissionPage.completion_rules)),
    "text": Key(str, default="required", choices=tuple(SubmissionPage.TextRule.values)),
    "words_min": Key(int, default=0, least=0, most=10_000),
    "words_max": Key(int, default=0, least=0, most=10_000),
    "files_min": Key(int, default=0, least=0, most=MOST_FILES),
    "files": Key(int, default=5, least=0, most=MOST_FILES),
    "kinds": Key(list, default=list(USUAL_KINDS), most=20),
    "megabytes": Key(int, default=10, least=1, most=50),
    "max_mark": Key(int, default=100, least=1, most=1000),
    "pass_mark": Key(int, default=70, least=0, most=100),
    "due_days": Key(int, least=1, most=730),
    "late": Key(str, default="accept", choices=("accept", "days")),
    "late_days": Key(int, default=7, least=0, most=365),
    "resubmit": Key(str, default="until_marked", choices=tuple(SubmissionPage.Resubmission.values)),
    "anonymous": Key(bool, default=True),
}
FIELDS = {  # what a key of the front matter is called on the page
    "summary": "summary",
    "task": "task",
    "notes": "marker_notes",
    "minutes": "planned_minutes",
    "required": "required",
    "complete": "completion_rule",
    "text": "text_rule",
    "words_min": "words_min",
    "words_max": "words_max",
    "files_min": "files_min",
    "files": "files_max",
    "kinds": "file_kinds",
    "megabytes": "file_megabytes",
    "max_mark": "max_mark",
    "pass_mark": "pass_mark",
    "due_days": "due_days",
    "late": "late_rule",
    "late_days": "late_days",
    "resubmit": "resubmission",
    "anonymous": "anonymous_marking",
}


def parse_task(document: Document, problems: Problems) -> dict:
    """Return `task` and `notes` (HTML) and `guide` (raw stream data); note what is wrong."""
    found = GUIDE.search(document.body)
    guide, notes = [], ""
    body = document.body
    if found:
        line = document.body_line + document.body[: found.start("body")].count("\n")
        guide, notes = _guide(found["body"], document, line, problems)
        # Lines keep their numbers, so that a mistake behind the guide is found where it stands.
        body = body[: found.start()] + "\n" * found[0].count("\n") + body[found.end() :]
    task = html_of(body, document.path, document.body_line, problems, allowed=PROSE)
    if not task:
        problems.add(document.path, document.body_line, "the task is empty", "Write it below the front matter.")
    _note_problems(document, problems)
    return {"task": task, "notes": notes, "guide": guide}


def _guide(text: str, document: Document, line: int, problems: Problems) -> tuple[list[dict], str]:
    """Read a guide: words for markers, then criteria `### Title (points)`, each with words and levels `- 40: …`."""
    notes: list[str] = []
    criteria: list[tuple[str, int, list[str], list[tuple[int, str]]]] = []
    for number, row in enumerate(text.split("\n"), start=line):
        if heading := CRITERION.match(row):
            points = int(heading["points"])
            if not 1 <= points <= MOST_POINTS:
                problems.add(document.path, number, f"{points} points", f"A criterion has 1 to {MOST_POINTS}.")
            criteria.append((heading["title"][:120], points, [], []))
        elif row.startswith("#"):
            problems.add(document.path, number, "a criterion cannot be read", "Write `### Title (40)`.")
        elif criteria and (level := LEVEL.match(row)):
            if int(level["points"]) > criteria[-1][1]:
                problems.add(document.path, number, "a level has more points than its criterion", "Lower it.")
            criteria[-1][3].append((int(level["points"]), level["text"][:300]))
        elif criteria and row.startswith("- "):
            problems.add(document.path, number, "a level cannot be read", "Write `- 40: what earns it`.")
        elif row.strip():
            (criteria[-1][2] if criteria else notes).append(row.strip())
    if not criteria:
        problems.add(document.path, line, "the guide has no criterion", "Write one: `### Title (40)`.")
    if len(criteria) > MOST_CRITERIA:
        problems.add(document.path, line, f"{len(criteria)} criteria", f"There are {MOST_CRITERIA} at most.")
    told = [stream_criterion(title, " ".join(words)[:500], points, rows) for title, points, words, rows in criteria]
    return told, html_of("\n".join(notes), document.path, line, problems, allowed=PROSE)


def _note_problems(document: Document, problems: Problems) -> None:
    front = document.front
    strange = [str(kind) for kind in front.get("kinds") or () if kind not in KINDS] if _is_list(front, "kinds") else []
    if strange:
        cure = f"Use {', '.join(KINDS)}."
        problems.add(document.path, document.lines.get("kinds", 1), f"unknown kinds {', '.join(strange)}", cure)
    if front.get("text") == "none" and front.get("files") == 0:
        problems.add(document.path, 1, "nothing can be handed in", "Ask for a text or for files.")
    for least, most, usual in (("words_min", "words_max", 0), ("files_min", "files", 5)):
        low, high = front.get(least) or 0, front.get(most, usual)
        if isinstance(low, int) and isinstance(high, int) and low > high and (high or least == "files_min"):
            problems.add(document.path, document.lines.get(least, 1), f"{least} is above {most}", "Lower it.")


def _is_list(front, name: str) -> bool:
    return isinstance(front.get(name), list)


def fill_task(page: SubmissionPage, parsed: ParsedPage, course_title: str) -> list[str]:
    """Set the fields of a task's page. Criteria that keep their title keep their id."""
    values = parsed.values
    for key, name in FIELDS.items():
        setattr(page, name, values[key])
    page.due_rule = page.DueRule.DAYS if values["due_days"] else page.DueRule.COURSE
    page.search_description = values["summary"]
    known = {child.value["title"]: child.id for child in page.guide if child.id} if page.pk else {}
    guide = [{**one, "id": known.get(one["value"]["title"])} for one in values["guide"]]
    page.guide = [{key: value for key, value in one.items() if value} for one in guide]
    return []


def register() -> None:
    register_content_kind("tugas", ContentKind(PageKind(keys=KEYS, parse=parse_task), SubmissionPage, fill_task))
