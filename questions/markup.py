"""The one place where texts of questions become safe HTML, whatever they came as. Imports no Django.

Two shapes: a *block* (question text, feedback: paragraphs, lists, tables) and *inline* (an option: it stands in a
label, where only words, emphasis and line breaks are allowed). Both are stable: making safe twice is making safe once.
"""

import html
import re
from collections.abc import Callable

import nh3
from markdown_it import MarkdownIt

INLINE_TAGS = {"b", "strong", "i", "em", "u", "s", "sub", "sup", "code", "br", "a", "img"}
BLOCK_TAGS = INLINE_TAGS | {
    "p", "ul", "ol", "li", "blockquote", "pre", "h3", "h4",
    "table", "caption", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# A picture of ours has a path of this site. Pictures elsewhere would tell strangers who learns what and when.
# Browsers leave out tabs and line ends, so that `/\t/elsewhere` would be `//elsewhere`.
GAP = re.compile(r"\[\[[0-9]{1,3}\]\]")
OWN_PATH = re.compile(r"/(?![/\\])[^\t\r\n]*\Z")
NEVER_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")
ANY_OF_BLOCK = "|".join(sorted(BLOCK_TAGS - INLINE_TAGS))
ATTRIBUTE = r"""\s+[a-zA-Z-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=]+)"""
TAG = re.compile(rf"</?(?:{'|'.join(sorted(BLOCK_TAGS))})(?:{ATTRIBUTE})*\s*/?>", re.IGNORECASE)
BLOCK_TAG = re.compile(rf"<(?:{ANY_OF_BLOCK})\b", re.IGNORECASE)
BLOCK_EDGE = re.compile(
    rf" ?</?(?:{ANY_OF_BLOCK}|div|section|article|dl|dt|dd|h1|h2|h5|h6|hr)(?: [^<>]*)?/?> ?", re.IGNORECASE
)
ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
# A `<` that no `>` follows: the parser would swallow the rest of the text with it.
LONE_LESS_THAN = re.compile(r"<(?![a-zA-Z/!](?:\"[^\"]{0,2000}\"|'[^']{0,2000}'|[^<>\"']){0,500}>)")
BREAKS = re.compile(r" ?<br>(?: ?<br>)* ?")
EDGE_BREAKS = re.compile(r"^(?:<br>)+|<br>$")
PLAIN_TAG = re.compile(r"</?(?:p|ul|ol|li|b|strong|i|em|br)>")
ANY_TAG = re.compile(r"<[^<>]*>")
WORD_TAG = re.compile(rf"</?(?:{'|'.join(sorted(INLINE_TAGS - {'br', 'img'}))})(?:\s[^<>]*)?>")
_markdown = MarkdownIt("commonmark", {"html": True, "breaks": False}).enable("table")


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if OWN_PATH.match(value) else None
    return value


def _cleaner(tags: set[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes={tag: names for tag, names in ATTRIBUTES.items() if tag in tags},
        attribute_filter=_attribute,
        clean_content_tags={"script", "style"},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


_block_cleaner, _inline_cleaner = _cleaner(BLOCK_TAGS), _cleaner(INLINE_TAGS)


def _clean(text: str, cleaner: nh3.Cleaner) -> str:
    return cleaner.clean(LONE_LESS_THAN.sub("&lt;", NEVER_TEXT.sub("", text))).strip() if text else ""


def block(text: str) -> str:
    """Return HTML as a safe block; bare words become one paragraph."""
    clean = _clean(text, _block_cleaner)
    if clean and not BLOCK_TAG.search(clean):
        clean = f"<p>{clean}</p>"
    return clean if has_content(clean) else ""


def inline(text: str) -> str:
    """Return HTML as safe words for a label; the edges of paragraphs, lists and cells become line breaks."""
    words = " ".join(NEVER_TEXT.sub("", text).split())
    clean = " ".join(_clean(BLOCK_EDGE.sub("<br>", words), _inline_cleaner).split())
    return EDGE_BREAKS.sub("", BREAKS.sub("<br>", clean)) if has_content(clean) else ""


def has_content(text: str) -> bool:
    """Say whether a reader would see anything: words, or a picture."""
    return bool(plain(text)) or "<img " in text


def plain(text: str) -> str:
    """Return HTML as words on one line, for names, searching, lists and exports."""
    return " ".join(html.unescape(ANY_TAG.sub(" ", WORD_TAG.sub("", text))).split())


def name_of(text: str, limit: int = 80) -> str:
    """Return the first words of an HTML text, to name a question that has no name; gaps are dots."""
    words = GAP.sub("…", plain(text))
    if len(words) <= limit:
        return words
    return words[: limit - 1].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


# --- from what people write ------------------------------------------------------------------------------------------


def from_plain(text: str) -> str:
    """Return words without any markup as HTML: an empty line parts paragraphs, a line end is a line break."""
    paragraphs = (part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")))
    return "".join(f"<p>{html.escape(part, quote=False).replace(chr(10), '<br>')}</p>" for part in paragraphs if part)


def from_source(text: str) -> str:
    """Return words with a little markup (`<b>`, lists…) as HTML; a `<` that begins no known tag is a less-than sign.

    This is Moodle's "auto-format" and what the editors' text boxes take. Line ends count where no block is marked up.
    """
    text = text.replace("\r\n", "\n").strip()
    pieces, end = [], 0
    for found in TAG.finditer(text):
        pieces += [_escape_stray(text[end : found.start()]), found.group()]
        end = found.end()
    marked = "".join([*pieces, _escape_stray(text[end:])])
    if BLOCK_TAG.search(marked):
        return marked
    return "".join(f"<p>{part.strip()}</p>" for part in re.split(r"\n\s*\n", marked) if part.strip()).replace(
        "\n", "<br>"
    )


def _escape_stray(text: str) -> str:
    ampersands = re.sub(rf"&(?!{ENTITY.pattern[1:]})", "&amp;", text)
    return ampersands.replace("<", "&lt;").replace(">", "&gt;")


def from_markdown(text: str) -> str:
    """Return CommonMark (with tables) as HTML, not yet safe."""
    return _markdown.render(text)


def is_plain(text: str) -> bool:
    """Say whether safe HTML holds only paragraphs, lists, bold and italic: what an editor of words keeps."""
    return "<" not in PLAIN_TAG.sub("", text)


def to_source(text: str) -> str:
    """Return safe HTML as an editor types it: plain words where `from_source` gives the same back, else the HTML."""
    parts = re.split(r"</p>\s*<p>", re.sub(r"^<p>|</p>$", "", text))
    words = html.unescape("\n\n".join(parts).replace("<br>", "\n"))
    make_safe = block if text.startswith("<p>") else inline
    return words if make_safe(from_source(words)) == text else text


FROM_FORMAT: dict[str, Callable[[str], str]] = {
    "html": str,
    "markdown": from_markdown,
    "plain": from_plain,
    "moodle": from_source,
}


def pictures_elsewhere(text: str) -> list[str]:
    """Return the addresses of pictures in an HTML text that `block` and `inline` would leave out."""
    found = re.findall(r"<img\b[^<>]*?\bsrc\s*=\s*[\"']?([^\"'\s>]+)", text, re.IGNORECASE)
    return [address for address in found if not OWN_PATH.match(address)]
