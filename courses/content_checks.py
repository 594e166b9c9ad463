"""What an editor would want to know before publishing. Nothing here blocks: it names a weakness, so that it is mended.

`problems_in` is pure (raw stream data in, findings out); `content_problems` and `checked_lessons` fetch what it needs,
for one page or for many in the same few queries.
"""

import html
import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from library.models import Picture, Recording

from .models import LessonPage

MOST_MINUTES = 15
WORDS_A_MINUTE = 180
TAG = re.compile(r"<[^>]+>")
HEADING = re.compile(r"<h([2-6])\b[^>]*>(.*?)</h\1>", re.DOTALL)
ANCHOR = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.DOTALL)
PAGE_LINK = re.compile(r'linktype="page"')
LINKED_ID = re.compile(r'\bid="(\d+)"')
FILE_NAME = re.compile(r"\.(avif|gif|jpe?g|png|svg|webp)$|_|^(img|dsc|pxl|whatsapp)[-_ ]?\d", re.IGNORECASE)
SECTIONS = {"key_points", "case_study", "try_today"}  # blocks that bring a heading of level 2
NO_WORDS = {"id", "type", "kind", "answer", "url", "certainty", "status_date"}


@dataclass(frozen=True)
class ContentProblem:
    """A weakness: `code` for tests, words for the editor, and the block it is in ("" for the whole lesson)."""

    code: str
    message: str
    block_id: str = ""


@dataclass(frozen=True)
class Known:
    """What the database says of what lessons name: recordings by id as (title, is film, captions, transcript)."""

    recordings: dict[int, tuple[str, bool, bool, bool]] = field(default_factory=dict)
    live_pages: frozenset[int] = frozenset()
    drawings: frozenset[int] = frozenset()  # pictures that are SVG: what is drawn explains, a photograph shows


@dataclass(frozen=True)
class CheckedLesson:
    page: Page
    problems: list[ContentProblem]


def problems_in(body: list[dict], sources: list[dict], minutes: int, known: Known) -> list[ContentProblem]:
    """Return the weaknesses of a lesson in the order of its blocks, then those of the whole."""
    return [
        *_heading_problems(body),
        *(problem for block in body for problem in _block_problems(block, known)),
        *_whole_problems(body, sources, minutes),
    ]


def _whole_problems(body, sources, minutes) -> Iterator[ContentProblem]:
    words = sum(len(text.split()) for text in texts_of(body))
    needed = -(-words // WORDS_A_MINUTE)
    if not body:
        yield ContentProblem("empty", _("The lesson has no text yet."))
    if minutes > MOST_MINUTES:
        message = _("%(minutes)s minutes are planned. Above %(most)s, make two lessons of it.")
        yield ContentProblem("too_long", message % {"minutes": minutes, "most": MOST_MINUTES})
    if needed > minutes * 3 / 2:
        message = _("%(words)s words take about %(needed)s minutes to read, %(minutes)s are planned.")
        yield ContentProblem("too_short", message % {"words": words, "needed": needed, "minutes": minutes})
    if body and not sources:
        yield ContentProblem("no_sources", _("No source is named. If it is practice and not a rule, say that."))


def _heading_problems(body) -> Iterator[ContentProblem]:
    level = 1
    for block in body:
        if block["type"] in SECTIONS:
            level = 2
        if block["type"] != "rich_text":
            continue
        for found in HEADING.finditer(block["value"] or ""):
            words, depth = plain(found[2]), int(found[1])
            if not words:
                yield ContentProblem("heading_empty", _("A heading has no words."), block.get("id", ""))
            elif depth > level + 1:
                message = _(
                    "The heading “%(words)s” is of level %(depth)s, but none of level %(above)s stands above it."
                )
                values = {"words": words, "depth": depth, "above": depth - 1}
                yield ContentProblem("heading_order", message % values, block.get("id", ""))
            level = depth


def _block_problems(block, known) -> Iterator[ContentProblem]:
    block_id = block.get("id", "")
    if block["type"] == "figure":
        yield from _figure_problems(block["value"], block_id, known)
    if block["type"] == "recording":
        yield from _recording_problems(block["value"], block_id, known)
    if block["type"] == "embed" and not plain(block["value"].get("text") or ""):
        yield ContentProblem("no_twin", _("What is elsewhere on the web is not told in words."), block_id)
    for text in strings_of(block["value"]):
        yield from _link_problems(text, block_id, known)


def _figure_problems(value, block_id, known) -> Iterator[ContentProblem]:
    alt = (value.get("alt") or "").strip()
    if not value.get("picture"):
        yield ContentProblem("no_picture", _("A picture has not been chosen yet."), block_id)
    if not alt:
        yield ContentProblem("no_alt", _("A picture has no description for those who cannot see it."), block_id)
    elif FILE_NAME.search(alt):
        message = _("“%(alt)s” is the name of a file. Say what the picture shows.")
        yield ContentProblem("bad_alt", message % {"alt": alt}, block_id)
    if value.get("picture") in known.drawings and not plain(value.get("words") or ""):
        message = _("A drawing is not told in words: who cannot make it out misses what it says.")
        yield ContentProblem("no_words", message, block_id)


def _recording_problems(value, block_id, known) -> Iterator[ContentProblem]:
    recording = known.recordings.get(value.get("recording") or 0)
    if recording is None:
        yield ContentProblem("no_recording", _("A recording has not been chosen yet."), block_id)
        return
    title, is_film, has_captions, has_transcript = recording
    if is_film and not has_captions:
        message = _("The recording “%(title)s” has no captions.")
        yield ContentProblem("no_captions", message % {"title": title}, block_id)
    if not has_transcript:
        message = _("The recording “%(title)s” has no transcript.")
        yield ContentProblem("no_transcript", message % {"title": title}, block_id)


def _link_problems(text, block_id, known) -> Iterator[ContentProblem]:
    for attributes, words in ANCHOR.findall(text):
        shown = plain(words)
        target = LINKED_ID.search(attributes)
        if not shown:
            yield ContentProblem("link_empty", _("A link has no words."), block_id)
        elif re.search(r'href="(#?|https?://)"', attributes) or not attributes.strip():
            message = _("The link “%(words)s” leads nowhere.")
            yield ContentProblem("link_nowhere", message % {"words": shown}, block_id)
        elif PAGE_LINK.search(attributes) and target and int(target[1]) not in known.live_pages:
            message = _("The link “%(words)s” leads to a page that is not published.")
            yield ContentProblem("link_unpublished", message % {"words": shown}, block_id)


# --- raw stream data -------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    return " ".join(html.unescape(TAG.sub(" ", text)).split())


def texts_of(value) -> Iterator[str]:
    """Yield the words of raw stream data: what a reader reads, without addresses and choices."""
    for text in strings_of(value):
        yield plain(text)


def strings_of(value, without: Collection[str] = NO_WORDS) -> Iterator[str]:
    """Yield every text of raw stream data, at whatever depth, but not those under the names of `without`."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            if name not in without:
                yield from strings_of(part, without)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings_of(part, without)


def _named(body) -> tuple[set[int], set[int], set[int]]:
    """Return the ids of the recordings, the pages and the pictures that a body names."""
    pictures = {block["value"].get("picture") for block in body if block["type"] == "figure"}
    recordings = {block["value"].get("recording") for block in body if block["type"] == "recording"}
    links = (attributes for text in strings_of(body) for attributes, _words in ANCHOR.findall(text))
    pages = {int(LINKED_ID.search(link)[1]) for link in links if PAGE_LINK.search(link) and LINKED_ID.search(link)}
    return recordings - {None}, pages, pictures - {None}


def _known(bodies: Iterable[list]) -> Known:
    named = [_named(body) for body in bodies]
    recordings, pages, pictures = (set().union(*ids) for ids in zip(*named, strict=True)) if named else ((), (), ())
    rows = Recording.objects.in_bulk(recordings).values() if recordings else ()
    live = Page.objects.filter(pk__in=pages).live().values_list("pk", flat=True) if pages else ()
    drawn = Picture.objects.filter(pk__in=pictures, file__iendswith=".svg")
    return Known(
        {
            row.pk: (
                row.title,
                row.type == "video",
                bool(row.captions_id or row.captions_en),
                bool(row.transcript.strip()),
            )
            for row in rows
        },
        frozenset(live),
        frozenset(drawn.values_list("pk", flat=True)),
    )


def _raw(value) -> list[dict]:
    return json.loads(value) if isinstance(value, str) else list(value or [])


def content_problems(page: Page) -> list[ContentProblem]:
    """Return the weaknesses of a lesson as the given page object has it; other pages have none to name."""
    if not isinstance(page, LessonPage):
        return []
    content = _content(page)
    known = _known([content["body"]])
    problems = problems_in(content["body"], content["sources"], content["planned_minutes"] or 0, known)
    return [*_hidden_from_learners(page), *problems]


def _hidden_from_learners(page: Page) -> Iterator[ContentProblem]:
    """Name the draft above that hides a lesson, were it published ten times: module and course go to review too."""
    above = Page.objects.filter(path__in=[page.path[: -page.steplen], page.path[: -2 * page.steplen]], live=False)
    for title in above.order_by("depth").values_list("draft_title", flat=True):
        message = _("“%(title)s” above it is not published yet, and hides this lesson. Send that to review too.")
        yield ContentProblem("hidden", message % {"title": title})


def _content(page: LessonPage) -> dict:
    """Return what is looked through, as a revision keeps it."""
    body, sources = page.body.get_prep_value(), page.sources.get_prep_value()
    return {"body": body, "sources": sources, "planned_minutes": page.planned_minutes}


def checked_lessons(lessons) -> list[CheckedLesson]:
    """Return those of the lessons (a queryset) whose newest wording has a weakness, with what it is."""
    lessons = list(lessons.select_related("content_type"))
    revisions = Revision.objects.filter(pk__in=[lesson.latest_revision_id for lesson in lessons])
    newest = dict(revisions.values_list("pk", "content"))
    contents = [newest.get(lesson.latest_revision_id) or _content(lesson) for lesson in lessons]
    bodies = [_raw(content.get("body")) for content in contents]
    known = _known(bodies)
    checked = [
        CheckedLesson(
            lesson, problems_in(body, _raw(content.get("sources")), content.get("planned_minutes") or 0, known)
        )
        for lesson, content, body in zip(lessons, contents, bodies, strict=True)
    ]
    return [lesson for lesson in checked if lesson.problems]
