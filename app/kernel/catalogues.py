"""Catalogues of translations, read as translators write them (.po): no compiled copy that could be missing or old."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations


@lru_cache(maxsize=32)
def read_catalogue(folder: Path, locale: str) -> NullTranslations:
    """The translations into a language; English as it stands where there are none."""
    source = folder / locale / "LC_MESSAGES" / "messages.po"
    if not source.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as written:
        write_mo(compiled, read_po(written, locale=locale))
    compiled.seek(0)
    return Translations(compiled)
