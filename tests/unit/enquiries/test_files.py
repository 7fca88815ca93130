"""What an uploaded file really is, and what is left of it."""

import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from app.enquiries.enums import FileType
from app.enquiries.files import clean, safe_name, type_of
from app.enquiries.policy import LARGEST_FILE
from app.kernel.errors import Invalid

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **options)
    return out.getvalue()


def with_place() -> bytes:
    """A photograph that says where it was taken, turned on its side, with a thumbnail of words behind it."""
    exif = Image.Exif()
    exif[0x010F] = "Spycam"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    return picture(exif=exif) + b"<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("JPEG"), "jpeg"),
        (picture("PNG"), "png"),
        (picture("WEBP"), "webp"),
        (PDF, "pdf"),
        (b"Just words\n", "text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_type_is_read_from_the_bytes_and_the_name_follows(content: bytes, kind: str) -> None:
    kept = clean("holiday.exe", content)
    assert kept.type is FileType(kind)
    assert kept.name == f"holiday.{FileType(kind).ending}"


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 200, b"\x7fELF\x02\x01\x01" + b"\x00" * 100, b"PK\x03\x04" + b"\x00" * 60,
        b"<html><script>alert(1)</script></html>", b"  \n<svg xmlns='http://www.w3.org/2000/svg'/>", b"#!/bin/sh\nrm -rf /\n",
        b"GIF89a" + b"\x00" * 20, b"\xff\xfe\x00\x01binary", b"words\x00with a null", b"{\\rtf1 hello}", b"<?xml version='1.0'?><x/>",
        b"\x00\x00\x00\x18ftypheic" + b"\x00" * 50, b"Rar!\x1a\x07\x00" + b"\x00" * 30,
    ],
    ids=[
        "windows program", "linux program", "zip", "page", "svg", "script", "gif", "bytes", "null", "rtf", "xml", "heic", "rar",
    ],
)  # fmt: skip
def test_what_is_not_on_the_list_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match=r"cat\.jpg"):
        clean("cat.jpg", content)


def test_words_that_only_begin_like_something_else_are_words() -> None:
    assert clean("notes.pdf", b"see %PDF-1.7").name == "notes.txt"


def test_a_picture_loses_where_it_was_taken_and_whatever_hangs_behind_it() -> None:
    kept = clean("me.jpg", with_place()).content
    with Image.open(io.BytesIO(kept)) as again:
        assert not again.getexif()
        assert again.size == (20, 40), "turned as the camera meant it"
        assert "exif" not in again.info
    for trace in (b"Spycam", b"script", b"Exif", b"GPS"):
        assert trace not in kept


def test_text_chunks_and_profiles_of_a_png_are_left_behind() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Jo Bloggs of 1 High Street")
    assert b"Jo Bloggs" not in clean("x.png", picture("PNG", pnginfo=notes)).content


def test_a_picture_that_is_far_larger_than_it_looks_is_refused_before_it_is_unpacked() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    header = (30_000).to_bytes(4, "big") + (30_000).to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 100_000))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(Invalid, match="too many pixels"):
        clean("bomb.png", bomb)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"a" * (LARGEST_FILE + 1), "larger than 10 MB"), (picture()[:60], "cannot be")],
    ids=["empty", "large", "broken"],
)
def test_what_is_wrong_is_said(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        clean("x.jpg", content)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\boot.ini", "boot.ini"), ("a\r\nSet-Cookie: x", "aSet-Cookie x"), ("", "file"),
        ("...", "file"), ('x".html', "x.html"), ("\u202egpj.exe", "gpj.exe"), ("é" * 300, "é" * 100),
    ],
)  # fmt: skip
def test_a_name_steers_nothing(name: str, kept: str) -> None:
    assert safe_name(name) == kept


@given(st.binary(max_size=300))
def test_whatever_is_sent_it_is_kept_as_one_of_the_list_or_refused(content: bytes) -> None:
    try:
        kept = clean("x", content)
    except Invalid:
        return
    assert type_of(kept.content) is kept.type
