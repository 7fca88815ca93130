"""Looking a property up."""

from flask_babel import lazy_gettext as _l

from app.web.forms import Form, Text, at_most, needed


class AddressForm(Form):
    """A postcode, or a part of an address."""

    address = Text(
        _l("Address or postcode"),
        validators=[needed(_l("Enter a postcode or a part of the address")), at_most(200)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
