"""Markdown of the content files → the HTML that Wagtail's editor keeps, and the notebook of mistakes.

Imports no Django."""

import re
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt

INLINE = frozenset({"p", "b", "i", "a", "br"})
PROSE = INLINE | {"ul", "ol", "li"}
FULL = PROSE | {"h2", "h3"}

# What CommonMark knows and a lesson has another place for: token type → (name, cure).
ELSEWHERE = {
    "image": ("a picture", "Pictures come from the library: add them in the admin."),
    "fence": ("a code block", "Write it as text."),
    "code_block": ("a code block", "Lines with four spaces in front become code: take the spaces away."),
    "code_inline": ("code", "Use **bold** or “quotation marks”."),
    "html_block": ("HTML", "Write Markdown only."),
    "html_inline": ("HTML", "Write Markdown only; a < in the text is written \\<."),
    "blockquote_open": ("a quotation with >", "Use the block ::: quotation."),
    "table_open": ("a table", "Use the block ::: table."),
    "hr": ("a rule", "Use a heading, or leave it out."),
}
TAGS = {"strong_open": "b", "strong_close": "b", "em_open": "i", "em_close": "i"}
LINK = re.compile(r"^(https?://|mailto:)\S+$")

_markdown = MarkdownIt("commonmark", {"html": True, "xhtmlOut": False}).enable("table")


@dataclass(frozen=True, order=True)
class Problem:
    path: str
    line: int
    message: str
    cure: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}. {self.cure}"


class ContentError(Exception):
    """The content cannot be loaded; `problems` names every reason in the order of the files."""

    def __init__(self, problems):
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class Problems(list):
    def add(self, path: str, line: int, message: str, cure: str) -> None:
        """Note a mistake; the same one twice in a line is one."""
        problem = Problem(path, line, message, cure)
        if problem not in self:
            self.append(problem)

    def raise_any(self) -> None:
        if self:
            raise ContentError(self)


def html_of(text: str, path: str, line: int, problems: Problems, *, allowed: frozenset[str] = INLINE) -> str:
    """Return Markdown as HTML of the allowed tags, noting what is not allowed; the text begins at `line`."""
    tokens = _markdown.parse(text)
    for token in tokens:
        here = line + (token.map[0] if token.map else 0)
        for part in (token, *(token.children or ())):
            part.tag = TAGS.get(part.type, part.tag)
            _note(part, path, here, problems, allowed)
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return nh3.clean(html, tags=set(allowed), attributes={"a": {"href"}}, link_rel=None).strip()


def _note(token, path, line, problems, allowed):
    if token.type in ELSEWHERE:
        name, cure = ELSEWHERE[token.type]
        problems.add(path, line, f"{name} cannot stand here", cure)
    elif token.type == "heading_open" and token.tag not in allowed:
        cure = "Use ## or ###." if "h2" in allowed else "Leave it out: this place has a title of its own."
        problems.add(path, line, f"a heading {token.markup} cannot stand here", cure)
    elif token.type in ("bullet_list_open", "ordered_list_open") and token.tag not in allowed:
        problems.add(path, line, "a list cannot stand here", "Write a sentence.")
    elif token.type == "text" and "](" in token.content:
        problems.add(path, line, "a link cannot be read", "Write [words](https://…), without spaces in the address.")
    elif token.type == "link_open" and not LINK.match(token.attrGet("href") or ""):
        problems.add(path, line, f"the link to {token.attrGet('href')!r} leads nowhere", "Links begin with https://.")
