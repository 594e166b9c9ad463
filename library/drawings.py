"""Whether an SVG drawing is nothing but a drawing: no script, nothing fetched from elsewhere, a size of its own. Pure.

An allow-list of elements, so that what a browser learns tomorrow is refused until somebody has thought about it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

SVG = "http://www.w3.org/2000/svg"
ELEMENTS = frozenset({
    "svg", "title", "desc", "metadata", "defs", "style", "g", "symbol", "use", "path", "rect", "circle", "ellipse",
    "line", "polyline", "polygon", "text", "tspan", "textPath", "marker", "linearGradient", "radialGradient",
    "stop", "pattern", "clipPath", "mask",
})  # fmt: skip
FETCHING = re.compile(r"@import|@font-face|\\|\b(?:image|image-set|src)\s*\(|url\s*\((?!\s*[\"']?#)", re.IGNORECASE)
VIEW_BOX = re.compile(r"^\s*[-\d.]+[\s,]+[-\d.]+[\s,]+(?P<width>[\d.]+)[\s,]+(?P<height>[\d.]+)\s*$")


@dataclass(frozen=True)
class Fault:
    """What is wrong in a line of the drawing, and what cures it."""

    line: int
    message: str
    cure: str


def faults_of(content: bytes) -> list[Fault]:
    """Return everything that keeps an SVG file from being shown, in the order of its lines."""
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        words = expat.errors.messages[error.code]
        reader.faults.append(Fault(error.lineno, f"it is no well-formed XML: {words}", "Mend that line."))
    except _Refused as refused:
        reader.faults.append(refused.args[0])
    return reader.faults


class _Refused(Exception):
    """The rest of the file is better not read; carries the fault."""


class _Reader:
    """Hears the parser and notes what may not be there."""

    def __init__(self):
        self.faults: list[Fault] = []
        self.depth = 0
        self.style: list[str] | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self.document_type
        self.parser.ProcessingInstructionHandler = self.instruction
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text

    def note(self, message: str, cure: str) -> None:
        self.faults.append(Fault(self.parser.CurrentLineNumber, message, cure))

    def document_type(self, *_parts) -> None:
        line = self.parser.CurrentLineNumber
        raise _Refused(Fault(line, "it has a document type", "Take <!DOCTYPE …> out."))

    def instruction(self, target: str, _data: str) -> None:
        self.note(f"it has an instruction <?{target} …?>", "Take it out.")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _space, local = name.rpartition(" ")
        if self.depth == 0:
            self.root(namespace, local, attributes)
        if namespace == SVG and local not in ELEMENTS:
            self.note(f"<{local}> cannot stand in a drawing", "Take it out: shapes, text and gradients are enough.")
        elif namespace != SVG and self.depth:
            self.note(f"<{local}> is no SVG", "Take it out; a drawing program's “plain SVG” has none of these.")
        for attribute, value in attributes.items():
            for message, cure in _attribute_faults(attribute.rpartition(" ")[2], value):
                self.note(message, cure)
        self.depth += 1
        if local == "style":
            self.style = []

    def root(self, namespace: str, local: str, attributes: dict[str, str]) -> None:
        if (namespace, local) != (SVG, "svg"):
            self.note("it is no SVG", f'Begin it with <svg xmlns="{SVG}" viewBox="0 0 480 300">.')
            return
        box = VIEW_BOX.match(attributes.get("viewBox", ""))
        if not box or not float(box["width"]) or not float(box["height"]):
            self.note("it has no size", 'Write viewBox="0 0 480 300" into <svg …>.')

    def end(self, name: str) -> None:
        self.depth -= 1
        if name.endswith(" style") and self.style is not None:
            if found := FETCHING.search("".join(self.style)):
                self.note(*_fetches(found[0]))
            self.style = None

    def text(self, data: str) -> None:
        if self.style is not None:
            self.style.append(data)


def _attribute_faults(name: str, value: str) -> Iterator[tuple[str, str]]:
    if name.lower().startswith("on"):
        yield f"the attribute {name} would run a script", "Take it out."
    elif name in ("href", "src") and not value.strip().startswith("#"):
        yield f"it points at “{value[:60]}”", "A drawing may only point at its own parts: #name."
    elif name not in ("href", "src") and (found := FETCHING.search(value)):
        yield _fetches(found[0])


def _fetches(what: str) -> tuple[str, str]:
    return f"its style has “{what}”", "Colours and sizes are enough; url() may only name a part of the drawing."
