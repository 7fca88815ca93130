"""What a resident fills in to ask about their own data."""

from flask_babel import lazy_gettext as _l

from app.web.forms import Form, LongText, needed


class CorrectionForm(Form):
    """What is wrong."""

    said = LongText(
        _l("What is wrong, and what would be right?"),
        longest=4000,
        rows=5,
        validators=[needed(_l("Say what is wrong, and what would be right"))],
    )


class ErasureForm(Form):
    """What should go."""

    said = LongText(
        _l("What do you want us to erase, and why?"), description=_l("You can leave this empty"), longest=4000, rows=4
    )
