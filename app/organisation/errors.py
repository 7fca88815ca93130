"""What the organisation refuses in a way of its own."""

from typing import ClassVar

from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.organisation.naming import NameWarning


class DoubtfulName(Invalid):
    """The name of a queue misleads; it stands only with a reason. `warnings` say what is doubtful about it."""

    code: ClassVar[str] = "doubtful-name"

    def __init__(self, warnings: tuple[NameWarning, ...]) -> None:
        super().__init__({"name_reason": N_("Choose another name, or say why this one should stand")})
        self.warnings = warnings
