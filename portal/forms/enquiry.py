"""Finding an enquiry, and writing about it."""

from flask_babel import lazy_gettext as _l

from app.web.forms import Email, Form, LongText, Text, Uploads, at_most, needed

LONGEST_REPLY = 4000
FILES_HINT = _l(
    "Pictures, PDF or plain text; up to 5 at once, each up to 10 MB. We take out of a picture where and when it was taken."
)


class TrackForm(Form):
    """A reference and the e-mail address that goes with it."""

    reference = Text(
        _l("Reference"),
        description=_l(
            "It is in every message from us, and looks like FP-7K3Q-92MX. Small letters and spaces do not matter."
        ),
        validators=[needed(_l("Enter your reference")), at_most(40)],
        render_kw={"autocomplete": "off", "spellcheck": "false", "params": {"classes": "govuk-input--width-20"}},
    )
    email = Email(
        _l("E-mail address"),
        description=_l("The one that you or our advisor gave when the enquiry was made"),
        validators=[needed(_l("Enter your e-mail address")), at_most(254)],
    )


class ReplyForm(Form):
    """A message about an enquiry: an answer, something to add, or that it is not done after all."""

    body = LongText(_l("Your message"), validators=[needed(_l("Write your message"))], longest=LONGEST_REPLY)
    files = Uploads(_l("Pictures or papers (optional)"), description=FILES_HINT)


class FilesForm(Form):
    """Pictures and papers that go with a report."""

    files = Uploads(_l("Pictures or papers (optional)"), description=FILES_HINT)
