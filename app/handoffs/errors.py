"""What handoffs refuse."""

from app.handoffs.enums import HandoffState
from app.kernel.errors import Conflict
from app.kernel.i18n import N_


class HandoffNotFromHere(Conflict):
    """The handoff is in a state from which this cannot be done."""

    code = "not-from-here"

    def __init__(self, old: HandoffState, new: HandoffState) -> None:
        super().__init__(N_("This cannot be done while the handoff is “%(state)s”"), state=old.label)
        self.old, self.new = old, new
