"""What an uploaded file really is, and pictures drawn anew: upright, of a sane size, without where they were taken.

Imports no Django. The end of a name says what a file claims to be; its first bytes must agree.
"""

import io
import warnings
from dataclasses import dataclass
from pathlib import PurePath

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

ZIP, OLE = (b"PK\x03\x04",), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
# kind → ending → how its content begins; None: looked at in another way
KINDS: dict[str, dict[str, tuple[bytes, ...] | None]] = {
    "pictures": dict.fromkeys(("jpg", "jpeg", "png", "webp", "heic", "heif"), None),
    "pdf": {"pdf": (b"%PDF-",)},
    "documents": {"docx": ZIP, "odt": ZIP, "doc": OLE, "rtf": (b"{\\rtf",), "txt": None},
    "sheets": {"xlsx": ZIP, "ods": ZIP, "xls": OLE, "csv": None},
    "slides": {"pptx": ZIP, "odp": ZIP, "ppt": OLE},
    "recordings": {
        "mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
        "m4a": None, "mp4": None, "ogg": (b"OggS",), "opus": (b"OggS",), "webm": (b"\x1a\x45\xdf\xa3",),
    },
}  # fmt: skip
USUAL_KINDS = ("pictures", "pdf", "documents", "sheets", "slides")
TEXTS, FILMS = ("txt", "csv"), ("m4a", "mp4")
PIXELS = 2560  # longest side that is kept
MOST_PIXELS = 64_000_000  # of a picture before it is drawn anew
QUALITY = 85


class BadUpload(ValueError):
    """The file cannot be taken; `code` says why: type, content, picture, pixels, empty."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Upload:
    """A file as it is kept: pictures drawn anew, everything else as it came."""

    name: str
    content: bytes
    is_picture: bool


def endings(kinds) -> list[str]:
    """Return the endings that some kinds allow, without a dot."""
    return [ending for kind in KINDS if kind in kinds for ending in KINDS[kind]]


def read_upload(name: str, content: bytes, kinds) -> Upload:
    """Return an upload as it is kept. Raise BadUpload for what is not allowed or is not what its name says."""
    name = " ".join(PurePath(name.replace("\\", "/")).name.split())
    ending = PurePath(name).suffix.lower().lstrip(".")
    kind = next((kind for kind in KINDS if kind in kinds and ending in KINDS[kind]), None)
    if kind is None:
        raise BadUpload("type")
    if not content:
        raise BadUpload("empty")
    if kind == "pictures":
        drawn, ending = redrawn(content)
        return Upload(f"{PurePath(name).stem[:180]}.{ending}", drawn, True)
    if not _begins_as(content, ending, KINDS[kind][ending]):
        raise BadUpload("content")
    return Upload(f"{PurePath(name).stem[:180]}.{ending}", content, False)


def _begins_as(content: bytes, ending: str, beginnings: tuple[bytes, ...] | None) -> bool:
    if ending in TEXTS:
        return b"\0" not in content[:65_536]
    if ending in FILMS:
        return content[4:8] == b"ftyp"
    return content.startswith(beginnings or ())


def redrawn(content: bytes) -> tuple[bytes, str]:
    """Return a picture drawn anew and its ending: turned upright, at most 2560 pixels long, and nothing but pixels.

    Whatever else the file told (where and when it was taken, with which phone, a preview) is left behind.
    """
    pillow_heif.register_heif_opener()
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content)) as picture:
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            if picture.format not in ("JPEG", "MPO", "PNG", "WEBP", "HEIF"):
                raise BadUpload("picture")
            if picture.width * picture.height > MOST_PIXELS:
                raise BadUpload("pixels")
            picture.draft("RGB", (PIXELS, PIXELS))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((PIXELS, PIXELS))
            has_gaps = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
            bare = upright.convert("RGBA" if has_gaps else "RGB")
    except Image.DecompressionBombError as error:
        raise BadUpload("pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        if isinstance(error, BadUpload):
            raise
        raise BadUpload("picture") from error
    bare.info = {}
    bare.getexif().clear()
    target = io.BytesIO()
    if has_gaps:
        bare.save(target, "PNG")
        return target.getvalue(), "png"
    bare.save(target, "JPEG", quality=QUALITY)
    return target.getvalue(), "jpg"
