"""What a resident writes when they act for somebody."""

from flask_babel import lazy_gettext as _l

from app.web.forms import Form, LongText, needed


class ActingReplyForm(Form):
    """About one of the other's enquiries."""

    body = LongText(_l("Your message"), validators=[needed(_l("Write your message"))], rows=5, longest=4000)
