"""The state machine as a table for the handbook: the same data from which the database's guard is written."""

from app.enquiries.enums import State
from app.enquiries.policy import CUSTOMER_STATUS, ENDED_EARLY, IN_A_QUEUE, OPEN, OWNED, TRANSITIONS

HEADINGS = "| state | may become | the customer sees | needs |\n|---|---|---|---|\n"
NEEDS = {
    State.AWAITING_CUSTOMER: "an owner, a message to the customer, a day",
    State.RESOLVED: "how it ended, and a text that the customer reads",
    State.CLOSED: "to have been resolved",
    State.DUPLICATE: "the enquiry that stays, and a reason",
    State.WITH_SERVICE: "an owner (the sender, until the service accepts) and an open handoff",
}


def state_table() -> str:
    """Markdown: every state, what may follow, what the customer sees, and what it needs."""
    return HEADINGS + "".join(_line(state) for state in State)


def _line(state: State) -> str:
    follows = ", ".join(f"`{new.value}`" for new in State if new in TRANSITIONS[state])
    return f"| `{state.value}` | {follows} | {CUSTOMER_STATUS[state].label} | {_needs(state)} |\n"


def _needs(state: State) -> str:
    if state in NEEDS:
        return NEEDS[state]
    if state in IN_A_QUEUE:
        return "an active queue that somebody who works here reads"
    if state in OWNED:
        return "an owner who works here"
    return "a reason that the customer reads" if state in ENDED_EARLY or state not in OPEN else ""
