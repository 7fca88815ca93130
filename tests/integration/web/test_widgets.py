"""Fields that look the same are made once, and nothing that somebody typed is kept with them."""

from flask import Flask
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from app.kernel.i18n import N_
from app.web import forms, widgets
from app.web.i18n import gettext


class Reply(forms.Form):
    body = forms.LongText("Your reply", longest=500)
    name = forms.Text("Name")
    seen = forms.Day("Day")


def drawn(app: Flask, typed: dict[str, list[str]] | None = None, *, personal: str = "") -> dict[str, str]:
    with app.test_request_context("/"):
        form = Reply(formdata=MultiDict(typed) if typed else None)
        if personal:
            form.name.label.text, form.name.personal = personal, True
        return {name: str(form[name]()) for name in ("body", "name", "seen")}


def kept() -> int:
    return widgets._kept.cache_info().currsize


def test_what_is_typed_shows_once_and_is_not_kept(app: Flask) -> None:
    blank = drawn(app)
    before = kept()
    written = drawn(app, {"body": ["It leaks <b>"], "name": ["Jo Tallis"], "seen": ["3", "4", "1980"]})
    assert "It leaks &lt;b&gt;" in written["body"]
    assert 'value="Jo Tallis"' in written["name"]
    assert 'value="1980"' in written["seen"]
    assert kept() == before
    assert drawn(app) == blank


def test_a_label_that_names_a_customer_is_not_kept(app: Flask) -> None:
    drawn(app)
    before = kept()
    assert "Josephine Bloggs reads this" in drawn(app, personal="Josephine Bloggs reads this")["name"]
    assert kept() == before
    assert "Josephine" not in drawn(app)["name"]


def test_each_language_has_its_own(app: Flask) -> None:
    day = N_("Day")
    with app.test_request_context("/"):
        english = str(Reply(formdata=None).seen())
        with force_locale("fr"):
            french = str(Reply(formdata=None).seen())
            assert gettext(day) in french
        assert french != english
        assert str(Reply(formdata=None).seen()) == english
