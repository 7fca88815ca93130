"""What enquiries refuse."""

from app.enquiries.enums import State
from app.kernel.errors import Conflict
from app.kernel.i18n import N_


class NotFromHere(Conflict):
    """The enquiry is in a state from which this cannot be done."""

    code = "not-from-here"

    def __init__(self, old: State, new: State) -> None:
        super().__init__(N_("This cannot be done while the enquiry is “%(state)s”"), state=old.label)
        self.old, self.new = old, new


class PossibleDuplicate(Conflict):
    """One like it is open already; whoever asks may say that this one is meant."""

    code = "possible-duplicate"

    def __init__(self, references: tuple[str, ...]) -> None:
        super().__init__(
            N_("There is already an open enquiry like this: %(references)s"), references=", ".join(references)
        )
        self.references = references


class OpenTasks(Conflict):
    """Something is still to be done; whoever resolves the enquiry may say that it does not matter."""

    code = "open-tasks"

    def __init__(self, titles: tuple[str, ...]) -> None:
        super().__init__(N_("Still to be done: %(tasks)s"), tasks="; ".join(titles))
        self.titles = titles
