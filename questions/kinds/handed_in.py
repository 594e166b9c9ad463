"""What a person must mark: an essay, and files handed in. Nothing is lost for a rule that was not kept: it is told.

Data of both: `"files", "files_required", "file_types": ["pdf"], "file_size": bytes, "guide": html, "criteria": [{"id",
"text", "points": "5"}]`; guide and criteria are for markers. An essay also has `"editor": "rich" | "plain" | "none",
"words_min", "words_max"` (0: no limit) and `"template"`, with which the text begins. Answer: `{"text": html, "files":
[key]}`; either may be missing. A key is the UUID under which the quiz keeps a file.
"""

import html
import re
from abc import abstractmethod
from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

from .. import markup
from ..wording import gettext
from .base import (
    Answer,
    Arrangement,
    Data,
    Feedback,
    FileLimits,
    Kind,
    Outcome,
    Post,
    Remark,
    Response,
    common,
    outcome_words,
    plain_of,
    text_of,
)  # fmt: skip
from .fractions import read_fraction
from .ids import with_ids
from .parts import sendable, whole

EDITORS = ("rich", "plain", "none")
FILE_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
FILE_TYPE = re.compile(r"[a-z0-9]{1,10}")
MOST_FILES = 20
MOST_WORDS = 100_000
MEGABYTE = 2**20
USUAL_SIZE = 10 * MEGABYTE
LARGEST_FILE = 200 * MEGABYTE
LARGEST_POINTS = 1000
ANY_PARAGRAPH_END = re.compile(r"</(?:p|li|ul|ol|h3|h4|blockquote|pre|tr|table)>")


class HandedInKind(Kind):
    """What essays and files have in common: files, a guide and criteria for markers, a mark by a person."""

    is_marked_by_people = True

    def clean(self, data: Any) -> Data:
        data = data if isinstance(data, dict) else {}
        given = data.get("file_types")
        types = [one.lower() for one in given if isinstance(one, str)] if isinstance(given, list) else []
        return {
            **common(data),
            "files": whole(data.get("files"), self.usual_files, most=MOST_FILES),
            "files_required": whole(data.get("files_required"), 0, most=MOST_FILES),
            "file_types": list(dict.fromkeys(one for one in types if FILE_TYPE.fullmatch(one))),
            "file_size": whole(data.get("file_size"), USUAL_SIZE, most=LARGEST_FILE) or USUAL_SIZE,
            "guide": text_of(data, "guide"),
            "criteria": with_ids(data.get("criteria"), _clean_criterion),
        }

    usual_files = 0

    def problems(self, data: Data) -> list[str]:
        found = self.problems_of_common(data)
        if data["files_required"] > data["files"]:
            found.append(gettext("More files are required than can be handed in."))
        for number, criterion in enumerate(data["criteria"], 1):
            points = read_fraction(criterion["points"])
            if not criterion["text"]:
                found.append(gettext("Criterion %(number)s has no text.") % {"number": number})
            if points is None or not 0 < points <= LARGEST_POINTS:
                found.append(
                    gettext("The points of criterion %(number)s must be a number above 0.") % {"number": number}
                )
        return found

    def arrange(self, data: Data, rng: Random, *, shuffle: bool) -> Arrangement:
        return {}

    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> list:
        return []

    def file_limits(self, data: Data) -> FileLimits | None:
        return FileLimits(data["files"], tuple(data["file_types"]), data["file_size"]) if data["files"] else None

    def context(self, data: Data, answer: Answer | None) -> Mapping[str, Any]:
        answer = self.accept(data, answer)
        return {
            "file_types": ", ".join(one.upper() for one in data["file_types"]),
            "file_accept": ",".join(f".{one}" for one in data["file_types"]),
            "files_required": data["files_required"],
            "notes": self.notes(data, answer) if answer else [],
        }

    def parse(self, data: Data, post: Post, name: str) -> Answer | None:
        removed = set(post.getlist(f"{name}-hapus"))
        return self.accept(data, {"files": [key for key in post.getlist(f"{name}-file") if key not in removed]})

    def fields(self, data: Data, answer: Answer | None, name: str) -> Mapping[str, list[str]]:
        keys = (self.accept(data, answer) or {}).get("files")
        return {f"{name}-file": keys} if keys else {}

    def accept(self, data: Data, answer: Any) -> Answer | None:
        given = answer.get("files") if isinstance(answer, dict) else None
        keys = [key for key in given if isinstance(key, str)] if isinstance(given, list) else []
        good = list(dict.fromkeys(key for key in keys if FILE_KEY.fullmatch(key)))[: data["files"]]
        return {"files": good} if good else None

    def grade(self, data: Data, answer: Answer | None) -> Fraction | None:
        """Return nothing for no answer, else None: a person marks it."""
        return None if self.accept(data, answer) else Fraction(0)

    def right_answer(self, data: Data) -> Answer | None:
        return None

    def samples(self, data: Data) -> list[Answer]:
        return []

    @abstractmethod
    def notes(self, data: Data, answer: Answer) -> list[str]:
        """Say in plain words which of the rules of the question an answer does not keep."""

    def feedback(self, data: Data, answer: Answer | None) -> Feedback:
        answer = self.accept(data, answer)
        outcome = Outcome.of(None) if answer else Outcome.NONE
        notes = self.notes(data, answer) if answer else []
        remarks = tuple(
            Remark(str(number), "", f"<p>{html.escape(note)}</p>", Fraction(0)) for number, note in enumerate(notes, 1)
        )
        return Feedback(
            outcome, self.grade(data, answer), remarks, data["general_feedback"], outcome_words(data, outcome)
        )

    def describe(self, data: Data, answer: Answer | None) -> str:
        answer = self.accept(data, answer)
        if not answer:
            return gettext("No answer")
        files = answer.get("files", [])
        said = [
            markup.plain(answer.get("text", "")),
            gettext("Files: %(number)s") % {"number": len(files)} if files else "",
        ]
        return " – ".join([part for part in said if part] + self.notes(data, answer))

    def guess(self, data: Data) -> None:
        return None

    def responses(self, data: Data, answer: Answer | None) -> list[Response]:
        """Return nothing: no two texts are the same, and counting them says nothing."""
        return []


def _clean_criterion(criterion: Data) -> Data:
    points = criterion.get("points", "1")
    share = read_fraction(points)
    return {"text": plain_of(criterion, "text"), "points": str(share) if share is not None else str(points)[:20]}


def _missing_files(data: Data, answer: Answer) -> list[str]:
    there, required = len(answer.get("files", [])), data["files_required"]
    if there >= required:
        return []
    return [
        gettext("Files handed in: %(there)s of the %(required)s required.") % {"there": there, "required": required}
    ]


class UploadKind(HandedInKind):
    """Files to hand in."""

    name = "upload"
    template = "questions/upload.html"
    usual_files = 1

    @property
    def label(self) -> str:
        return gettext("File to hand in")

    def problems(self, data: Data) -> list[str]:
        return super().problems(data) + ([] if data["files"] else [gettext("At least one file must be possible.")])

    def notes(self, data: Data, answer: Answer) -> list[str]:
        return _missing_files(data, answer)


class EssayKind(HandedInKind):
    """A text, files, or both."""

    name = "essay"
    template = "questions/essay.html"

    @property
    def label(self) -> str:
        return gettext("Essay")

    def clean(self, data: Any) -> Data:
        given = data if isinstance(data, dict) else {}
        editor = given.get("editor")
        return {
            **super().clean(data),
            "editor": editor if editor in EDITORS else "rich",
            "words_min": whole(given.get("words_min"), 0, most=MOST_WORDS),
            "words_max": whole(given.get("words_max"), 0, most=MOST_WORDS),
            "template": text_of(given, "template"),
        }

    def problems(self, data: Data) -> list[str]:
        found = super().problems(data)
        if 0 < data["words_max"] < data["words_min"]:
            found.append(gettext("The most words are fewer than the least."))
        if data["editor"] == "none" and not data["files"]:
            found.append(gettext("Nothing can be handed in: allow a text or files."))
        return found

    def context(self, data: Data, answer: Answer | None) -> Mapping[str, Any]:
        text = (self.accept(data, answer) or {}).get("text", "") or self._text(data, data["template"])
        return {
            **super().context(data, answer),
            "editor": data["editor"],
            "value": self._source(data, text),
            "html": text,
            "words": count_words(text),
            "words_min": data["words_min"],
            "words_max": data["words_max"],
        }

    def parse(self, data: Data, post: Post, name: str) -> Answer | None:
        source = next(iter(post.getlist(name)), "")
        text = markup.from_plain(source) if data["editor"] == "plain" else markup.from_source(source)
        files = super().parse(data, post, name) or {}
        return self.accept(data, {"text": text, **files})

    def fields(self, data: Data, answer: Answer | None, name: str) -> Mapping[str, list[str]]:
        text = (self.accept(data, answer) or {}).get("text")
        return {**({name: [self._source(data, text)]} if text else {}), **super().fields(data, answer, name)}

    def accept(self, data: Data, answer: Any) -> Answer | None:
        given = answer.get("text") if isinstance(answer, dict) else None
        text = self._text(data, given) if isinstance(given, str) else ""
        if text == self._text(data, data["template"]):
            text = ""  # what the editor wrote is no answer
        accepted = {**({"text": text} if text else {}), **(super().accept(data, answer) or {})}
        return accepted or None

    @staticmethod
    def _text(data: Data, text: str) -> str:
        """Return a text as it is kept: safe HTML, of which a plain editor keeps only the words and lines."""
        if data["editor"] == "none":
            return ""
        safe = markup.block(sendable(text))
        return safe if data["editor"] == "rich" else markup.block(markup.from_plain(as_lines(safe)))

    @staticmethod
    def _source(data: Data, text: str) -> str:
        """Return a kept text as it stands in a textarea, from which `parse` makes it again."""
        return markup.to_source(text) if data["editor"] == "rich" else as_lines(text)

    def notes(self, data: Data, answer: Answer) -> list[str]:
        words, least, most = count_words(answer.get("text", "")), data["words_min"], data["words_max"]
        found = []
        if data["editor"] != "none" and words < least:
            found.append(
                gettext("The text is short: %(words)s words of at least %(least)s.") % {"words": words, "least": least}
            )
        if 0 < most < words:
            found.append(
                gettext("The text is long: %(words)s words of at most %(most)s.") % {"words": words, "most": most}
            )
        return found + _missing_files(data, answer)


def count_words(text: str) -> int:
    """Return the number of words of a safe HTML text, as the counter in the page counts them."""
    return len(markup.plain(text).split())


def as_lines(text: str) -> str:
    """Return safe HTML as plain text: an empty line between paragraphs, a line end for a line break."""
    lines = ANY_PARAGRAPH_END.sub("\n\n", text.replace("\n", " ")).replace("<br>", "\n")
    return html.unescape(markup.ANY_TAG.sub("", lines)).strip()
