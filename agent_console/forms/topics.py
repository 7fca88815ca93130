"""What a unit's people fill in about topics and bulletins, and advisors about what somebody follows."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from agent_console.forms.enquiries import OnVersion
from app.subscriptions.enums import Agreed
from app.subscriptions.policy import (
    LANGUAGES,
    LONGEST_BODY,
    LONGEST_NAME,
    LONGEST_SUBJECT,
    LONGEST_SUMMARY,
    Words,
)
from app.subscriptions.rows import Texts
from app.web.forms import Choice, Form, LongText, Pick, Text, at_most, needed

ASKED = [(one.value, _l(one.label)) for one in (Agreed.CALL, Agreed.VISIT, Agreed.LETTER)]


class InLanguages(OnVersion):
    """A short and a long text in each language; what is missing is said by the services."""

    def words(self) -> dict[str, Words]:
        return {
            language: Words(self[f"short_{language}"].data or "", self[f"long_{language}"].data or "")
            for language in LANGUAGES
        }

    @staticmethod
    def filled(texts: Texts) -> Mapping[str, str]:
        """What the fields begin with."""
        said = {language: texts.get(language, {}) for language in LANGUAGES}
        return {f"{name}_{language}": one.get(name, "") for language, one in said.items() for name in ("short", "long")}

    @property
    def translated(self) -> bool:
        """Whether another language than English has something in it, or something wrong with it."""
        others = [self[f"{name}_{language}"] for language in LANGUAGES[1:] for name in ("short", "long")]
        return any(field.data or field.errors for field in others)


class TopicForm(InLanguages):
    """What can be followed."""

    unit = Pick(_l("Which unit’s is it?"), choices=[])
    short_en = Text(_l("Name"), validators=[needed(_l("Enter a name")), at_most(LONGEST_NAME)])
    long_en = LongText(
        _l("What will people get?"),
        validators=[needed(_l("Say what people will get"))],
        longest=LONGEST_SUMMARY,
        rows=3,
    )
    short_fr = Text(_l("Name in French"), validators=[at_most(LONGEST_NAME)])
    long_fr = LongText(_l("What people will get, in French"), longest=LONGEST_SUMMARY, rows=3)
    short_es = Text(_l("Name in Spanish"), validators=[at_most(LONGEST_NAME)])
    long_es = LongText(_l("What people will get, in Spanish"), longest=LONGEST_SUMMARY, rows=3)
    areas = LongText(
        _l("Only for some postcode areas?"),
        description=_l("The first halves of postcodes, one on each line. Leave it empty for everywhere"),
        rows=3,
    )


class BulletinForm(InLanguages):
    """What is written to those who follow."""

    short_en = Text(_l("Subject"), validators=[needed(_l("Enter a subject")), at_most(LONGEST_SUBJECT)])
    long_en = LongText(
        _l("Bulletin"),
        description=_l("Plain text, with an empty line between paragraphs"),
        validators=[needed(_l("Write the bulletin"))],
        longest=LONGEST_BODY,
        rows=10,
    )
    short_fr = Text(_l("Subject in French"), validators=[at_most(LONGEST_SUBJECT)])
    long_fr = LongText(_l("Bulletin in French"), longest=LONGEST_BODY, rows=6)
    short_es = Text(_l("Subject in Spanish"), validators=[at_most(LONGEST_SUBJECT)])
    long_es = LongText(_l("Bulletin in Spanish"), longest=LONGEST_BODY, rows=6)
    areas = LongText(
        _l("Only about some postcode areas?"),
        description=_l("The first halves of postcodes, one on each line. Who follows everywhere gets it too"),
        rows=2,
    )


class StartForm(Form):
    """What somebody wants to follow, and how they said so."""

    topic = Pick(_l("Topic"), choices=[])
    record = Pick(_l("By which of their records"), choices=[])
    agreed = Choice(_l("How did they agree?"), choices=ASKED, validators=[needed(_l("Choose how they agreed"))])
    proof = Text(
        _l("Where can it be shown?"),
        description=_l("For a letter, its place in the post book. No copy is kept"),
        validators=[at_most(200)],
    )
    area = Text(_l("Only for one postcode area (optional)"), description=_l("Like HM1"), validators=[at_most(10)])


class StopForm(Form):
    """How somebody asked to stop."""

    agreed = Choice(_l("How did they ask?"), choices=ASKED, validators=[needed(_l("Choose how they asked"))])
