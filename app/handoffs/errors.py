"""What handoffs refuse."""

from app.handoffs.enums import HandoffState, ReferralState
from app.kernel.errors import Conflict, DomainError
from app.kernel.i18n import N_


class HandoffNotFromHere(Conflict):
    """The handoff is in a state from which this cannot be done."""

    code = "not-from-here"

    def __init__(self, old: HandoffState, new: HandoffState) -> None:
        super().__init__(N_("This cannot be done while the handoff is “%(state)s”"), state=old.label)
        self.old, self.new = old, new


class ReferralNotFromHere(Conflict):
    """The referral has ended already."""

    code = "not-from-here"

    def __init__(self, old: ReferralState) -> None:
        super().__init__(N_("This cannot be done: the referral is “%(state)s”"), state=old.label)
        self.old = old


class BadLink(DomainError):
    """The link in the e-mail is no good any more: too old, taken back, or never ours."""

    code = "bad-link"
    status = 404

    def __init__(self) -> None:
        super().__init__(N_("This link does not work any more. Ask us to send the work again"))
