"""What an uploaded file really is, and the form in which we keep it. Pure: bytes in, bytes out.

The name and the type that a browser gives are never believed. Pictures are decoded and written anew, which leaves behind where and by
what they were taken, and anything that was hidden after them.
"""

import io
import re
import unicodedata
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import puremagic
from PIL import Image, ImageOps, UnidentifiedImageError

from app.enquiries.enums import FileType
from app.enquiries.policy import LARGEST_FILE
from app.kernel.errors import Invalid
from app.kernel.i18n import N_

MOST_PIXELS = 50_000_000
LONGEST_SIDE = 12_000
LONGEST_NAME = 100
PICTURES: Mapping[FileType, str] = {FileType.JPEG: "JPEG", FileType.PNG: "PNG", FileType.WEBP: "WEBP"}
KNOWN: Mapping[str, FileType] = {
    "image/jpeg": FileType.JPEG, "image/png": FileType.PNG, "image/webp": FileType.WEBP, "application/pdf": FileType.PDF,
}  # fmt: skip
NOT_THESE = N_("%(file)s cannot be added. Send a picture (JPEG, PNG or WebP), a PDF or a plain text file")
TOO_LARGE = N_("%(file)s is larger than %(most)s MB. Send a smaller one")
EMPTY = N_("%(file)s is empty")
BROKEN = N_("%(file)s cannot be read as a picture. Save it again, or take another one")
TOO_MANY_PIXELS = N_("%(file)s has too many pixels. Send a smaller picture")


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file as it is kept."""

    name: str
    type: FileType
    content: bytes


def clean(name: str, content: bytes, *, field: str = "file") -> CleanFile:
    """The file as it may be kept. Raises Invalid that says what is wrong with it."""
    shown = safe_name(name)
    if not content:
        raise _refused(field, EMPTY, shown)
    if len(content) > LARGEST_FILE:
        raise _refused(field, TOO_LARGE, shown, most=LARGEST_FILE // (1024 * 1024))
    kind = type_of(content)
    if kind is None:
        raise _refused(field, NOT_THESE, shown)
    kept = _redrawn(content, kind, field, shown) if kind in PICTURES else content
    if len(kept) > LARGEST_FILE:
        raise _refused(field, TOO_LARGE, shown, most=LARGEST_FILE // (1024 * 1024))
    return CleanFile(f"{_stem(shown)}.{kind.ending}", kind, kept)


def type_of(content: bytes) -> FileType | None:
    """What the bytes are, if that is one of the few that we take."""
    try:
        found = KNOWN.get(puremagic.from_string(content, mime=True))
    except (puremagic.PureError, ValueError):
        found = None
    if found is not None:
        return found if _begins(content, found) else None
    return FileType.TEXT if _is_plain_text(content) else None


def safe_name(name: str) -> str:
    """The last part of a name, without anything that could steer a terminal, a path or a header."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    printable = "".join(letter for letter in last if letter.isprintable() and letter not in '"<>:|?*;')
    return printable.strip(" .")[:LONGEST_NAME] or "file"


_MARKS: Mapping[FileType, Callable[[bytes], bool]] = {
    FileType.JPEG: lambda content: content.startswith(b"\xff\xd8\xff"),
    FileType.PNG: lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"),
    FileType.WEBP: lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP",
    FileType.PDF: lambda content: content.startswith(b"%PDF-"),
}


def _begins(content: bytes, kind: FileType) -> bool:
    """Its mark stands at the very beginning: a file that is two things at once is neither."""
    return _MARKS[kind](content)


def _is_plain_text(content: bytes) -> bool:
    """UTF-8 with nothing in it but text, and no markup that a program would run."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if any(unicodedata.category(letter) == "Cc" and letter not in "\t\n\r\f" for letter in text):
        return False
    start = text.lstrip().lower()
    return not start.startswith(("<", "#!", "{\\rtf", "%!"))


def _redrawn(content: bytes, kind: FileType, field: str, shown: str) -> bytes:
    """The picture alone: turned as its camera meant it, with nothing of what the camera wrote beside it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=[PICTURES[kind]]) as picture:
                if picture.width * picture.height > MOST_PIXELS or max(picture.size) > LONGEST_SIDE:
                    raise _refused(field, TOO_MANY_PIXELS, shown)
                return _written(ImageOps.exif_transpose(picture), kind)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _refused(field, TOO_MANY_PIXELS, shown) from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
            raise _refused(field, BROKEN, shown) from error


def _written(picture: Image.Image, kind: FileType) -> bytes:
    mode = "RGB" if kind is FileType.JPEG or picture.mode not in {"RGBA", "LA", "P", "PA"} else "RGBA"
    plain = Image.new(mode, picture.size)
    plain.paste(picture.convert(mode))
    out = io.BytesIO()
    options = {"quality": 88} if kind is not FileType.PNG else {}
    plain.save(out, PICTURES[kind], **options)
    return out.getvalue()


def _stem(name: str) -> str:
    stem = name.rpartition(".")[0] or name
    return stem.strip(" .") or "file"


def _refused(field: str, message: str, shown: str, **params: object) -> Invalid:
    return Invalid({field: message}, file=shown, **params)
