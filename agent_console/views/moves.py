"""What staff can do to an enquiry: each with its form, when it is offered, and the service that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from agent_console.forms import enquiries as forms
from app.accounts.policy import Permission, may
from app.enquiries import services
from app.enquiries.enums import Disposition, LinkKind, State
from app.enquiries.errors import OpenTasks
from app.enquiries.rows import EnquiryRow
from app.handoffs import services as handoffs
from app.kernel.actors import Actor, Role
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.routing import assigning
from app.web.context import actor, now

S = State
OVERSEERS = (Role.TEAM_LEADER, Role.MONITOR)


@dataclass(frozen=True)
class Move:
    """One thing that can be done. `to` is the state that must be reachable; None for what changes no state."""

    name: str
    title: str
    form: type[forms.OnVersion]
    run: Callable[[Session, str, Any], object]
    done: str
    to: State | None = None
    always: bool = False
    finished: bool = False
    warning: bool = False


def _with(verb: Callable[..., object], **fields: Callable[[Any], object]) -> Callable[[Session, str, Any], object]:
    """Calls the service with the version seen and what the form says."""

    def run(session: Session, reference: str, form: Any) -> object:
        given = {name: read(form) for name, read in fields.items()}
        return verb(session, actor(), reference, version=form.seen(), now=now(), **given)

    return run


def _note(session: Session, reference: str, form: Any) -> object:
    return services.add_note(session, actor(), reference, body=form.body.data, now=now())


def _resolve(session: Session, reference: str, form: Any) -> object:
    """Open tasks are said beside the box that says they do not matter."""
    try:
        return services.resolve(
            session, actor(), reference, disposition=Disposition(form.disposition.data), text=form.text.data,
            despite_tasks=bool(form.despite_tasks and form.despite_tasks.data), version=form.seen(), now=now(),
        )  # fmt: skip
    except OpenTasks as still:
        raise Invalid({"despite_tasks": still.message}, **still.params) from still


def _hand_off(session: Session, reference: str, form: Any) -> object:
    """This short way has no checklist to tick: what is missing is said, and the page with the checklist is beside it."""
    try:
        return handoffs.offer(
            session,
            actor(),
            reference,
            unit=form.unit.data,
            brief=form.brief.data or "",
            version=form.seen(),
            now=now(),
        )
    except Invalid as refused:
        if "checklist" not in refused.errors:
            raise
        raise Invalid(
            {"unit": N_("This service first needs: %(missing)s. Offer it with the checklist")}, **refused.params
        ) from refused


def _end_urgent(session: Session, reference: str, form: Any) -> object:
    return services.end_urgent(session, actor(), reference, reason=form.reason.data, now=now())


def _tell(session: Session, reference: str, form: Any) -> object:
    return services.told_by_voice(session, actor(), reference, body=form.body.data, now=now())


def _link(session: Session, reference: str, form: Any) -> object:
    services.link(session, actor(), reference, to=form.to.data, kind=LinkKind(form.kind.data), now=now())
    return True


def _undo_merge(session: Session, reference: str, form: Any) -> object:
    return services.undo_merge(session, actor(), reference, reason=form.reason.data, version=form.seen(), now=now())


MOVES = (
    Move("start", N_("Start work"), forms.OnVersion, _with(services.start), N_("You are working on it"), S.IN_PROGRESS),
    Move(
        "hand-off", N_("Hand it to a service"), forms.HandOffForm, _hand_off,
        N_("Offered. You answer for it until they accept"), S.WITH_SERVICE,
    ),
    Move(
        "message", N_("Write to the customer"), forms.MessageForm,
        _with(services.message_customer, body=lambda form: form.body.data), N_("The message is on its way"), always=True,
    ),
    Move("tell", N_("Note what you told the customer by voice"), forms.TellForm, _tell, N_("It is noted that the customer heard"), always=True),
    Move("note", N_("Add a note for colleagues"), forms.NoteForm, _note, N_("The note is added"), always=True),
    Move(
        "ask", N_("Ask the customer for something"), forms.AskForm,
        _with(
            services.await_customer, message=lambda form: form.message.data, due_at=lambda form: forms.end_of(form.due_at.data),
            spoken=lambda form: bool(form.spoken.data),
        ),
        N_("The customer is asked"), S.AWAITING_CUSTOMER,
    ),
    Move(
        "wait", N_("Wait for somebody else"), forms.WaitForm,
        _with(
            services.await_third_party, reason=lambda form: form.reason.data,
            next_action_at=lambda form: forms.end_of(form.next_action_at.data),
        ),
        N_("It waits until the day you chose"), S.AWAITING_THIRD_PARTY,
    ),
    Move(
        "schedule", N_("Book it for a day"), forms.ScheduleForm,
        _with(services.schedule, at=lambda form: forms.end_of(form.at.data)), N_("It is booked"), S.SCHEDULED,
    ),
    Move(
        "promise", N_("Change the promised date"), forms.PromiseForm,
        _with(
            services.change_promise, promised_at=lambda form: forms.end_of(form.promised_at.data),
            reason=lambda form: form.reason.data,
        ),
        N_("The customer is told the new date"),
    ),
    Move(
        "resolve", N_("Resolve it"), forms.ResolveForm, _resolve, N_("It is resolved and the customer is told"), S.RESOLVED,
    ),
    Move(
        "urgent", N_("Mark it urgent"), forms.UrgentForm,
        _with(services.ask_urgent, reason=lambda form: form.reason.data, deadline=lambda form: forms.end_of(form.deadline.data)),
        N_("It is marked, or waits for somebody who may authorise it"),
    ),
    Move("not-urgent", N_("It is not urgent any more"), forms.WhyForm, _end_urgent, N_("It is an ordinary enquiry again")),
    Move(
        "best", N_("Give it to the best placed colleague"), forms.OnVersion, _with(assigning.assign_best),
        N_("It is theirs now"), S.ASSIGNED,
    ),
    Move(
        "assign", N_("Give it to a person"), forms.AssignForm,
        _with(services.assign, to_account=lambda form: UUID(form.to_account.data)), N_("It is theirs now"), S.ASSIGNED,
    ),
    Move(
        "queue", N_("Put it into a queue"), forms.QueueForm,
        _with(services.triage, queue=lambda form: form.queue.data, reason=lambda form: form.reason.data or ""),
        N_("It waits in the queue"), S.TRIAGE,
    ),
    Move("link", N_("Link it to another"), forms.LinkForm, _link, N_("They are linked"), always=True),
    Move(
        "duplicate", N_("Join it to another"), forms.DuplicateForm,
        _with(services.mark_duplicate, of=lambda form: form.of.data, reason=lambda form: form.reason.data),
        N_("It is joined to the other"), S.DUPLICATE, warning=True,
    ),
    Move(
        "redirect", N_("Send the customer elsewhere"), forms.RedirectForm,
        _with(services.redirect, to=lambda form: form.to.data, reason=lambda form: form.reason.data),
        N_("The customer is told who can help"), S.REDIRECTED, warning=True,
    ),
    Move(
        "withdraw", N_("Withdraw it"), forms.ReasonForm, _with(services.withdraw, reason=lambda form: form.reason.data),
        N_("It is withdrawn"), S.WITHDRAWN, warning=True,
    ),
    Move(
        "undo-merge", N_("Take it apart from the other"), forms.ReasonForm, _undo_merge,
        N_("It is an enquiry of its own again, and the customer is told"), S.TRIAGE, finished=True,
    ),
    Move(
        "reopen", N_("Open it again"), forms.ReasonForm, _with(services.reopen, reason=lambda form: form.reason.data),
        N_("It is open again"), S.TRIAGE, finished=True,
    ),
)  # fmt: skip
BY_NAME = {move.name: move for move in MOVES}


def offered(row: EnquiryRow, who: Actor, *, promiser: bool) -> list[Move]:
    """The moves that this state and this person allow; the services check again. A `promiser` changes the date of anybody's."""
    if not may(who, Permission.ENQUIRIES_WORK):
        return []
    mine = row.owner_id in {None, who.account_id} or who.has(*OVERSEERS)
    fitting = (move for move in MOVES if _fits(move, row, mine=mine) and _sensible(move, row, who))
    return [move for move in fitting if move.name != "promise" or mine or promiser]


def _sensible(move: Move, row: EnquiryRow, who: Actor) -> bool:
    """Not offered where it could only be refused."""
    match move.name:
        case "undo-merge":
            return row.duplicate_of is not None
        case "reopen":
            return row.duplicate_of is None
        case "not-urgent":
            return row.urgent_until is not None
        case "urgent":
            return row.urgent_until is None
        case "best":
            return may(who, Permission.ENQUIRIES_ASSIGN)
    return True


def _fits(move: Move, row: EnquiryRow, *, mine: bool) -> bool:
    if move.always:
        return move.name != "message" or bool(row.raiser.email) or row.hidden
    if move.finished or not row.open:
        return move.finished and not row.open
    if move.to is None:
        return True
    return mine and row.state is not S.WITH_SERVICE and _reachable(move.to, row)


def _reachable(to: State, row: EnquiryRow) -> bool:
    """Straight away, or after taking what nobody has."""
    if row.owner_id is None:
        return to is not row.state or to is S.TRIAGE
    return to in row.allowed or (to is row.state and to is S.ASSIGNED)
