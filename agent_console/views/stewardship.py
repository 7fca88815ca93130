"""The steward's desk: pairs of records that only a person can tell the same or different, one after the other."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from agent_console.differences import compare
from agent_console.forms.customers import OpenForm
from agent_console.forms.stewards import BulkForm, JudgeForm
from agent_console.views.trying import attempt
from agent_console.waterfall import signed, waterfall
from agent_console.wording_stewards import COLOURS, COMPARED, KINDS, REASONS, RISKS, SHOWS
from app.accounts.policy import Permission, may
from app.customers import queries, services
from app.customers.desk_rows import DeskFilter, DeskPair
from app.customers.enums import CustomerKind, HoldReason, Judged, Verdict
from app.customers.queries import LABELS
from app.kernel.errors import Stale
from app.kernel.i18n import N_
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_stewardship", __name__, url_prefix="/console/possible-matches")
bp.add_app_template_filter(signed)
Answer = str | Response | tuple[str, int]
_PURPOSE = "Deciding about a possible match"
SAID = {
    (Judged.DECIDED, Verdict.SAME): N_("Kept as the same. They are joined within seconds"),
    (Judged.DECIDED, Verdict.DIFFERENT): N_("Kept as different. Nothing will join them"),
    (Judged.WAITS, Verdict.SAME): N_("Kept. Another steward has to say the same before they are joined"),
    (Judged.DISAGREED, Verdict.DIFFERENT): N_(
        "You disagree with your colleague. Nothing is joined, and the pair stays open"
    ),
    (Judged.DISAGREED, Verdict.SAME): N_(
        "You disagree with your colleague. Nothing is decided, and the pair stays open"
    ),
}


@bp.get("")
@staff(Permission.STEWARDSHIP_VIEW)
def listing() -> str:
    """What matters most comes first."""
    return _list(BulkForm())


@bp.post("")
@staff(Permission.STEWARDSHIP_DECIDE)
def join_many() -> Answer:
    """Join the pairs that were ticked, as far as nothing in them conflicts."""
    form, ticked = BulkForm(), request.form.getlist("pair", type=UUID)
    done = attempt(form, lambda session: services.join_many(session, actor(), ticked, now=now()))
    if done is None:
        return _list(form), 422
    if done.joined:
        notices.success(gettext("%(count)s pairs are kept as the same", count=done.joined))
    for one in done.refused:
        notices.information(f"{one.names or gettext('Restricted record')}: {gettext(one.why)}")
    return redirect(url_for("console_stewardship.listing"), 303)


@bp.get("/next")
@staff(Permission.STEWARDSHIP_VIEW)
def following() -> Response:
    return _next()


@bp.post("/undo")
@staff(Permission.STEWARDSHIP_DECIDE)
def undo() -> Response:
    """Take back my last word, and show that pair again."""
    with transaction() as session:
        done = services.undo(session, actor(), now=now())
    notices.information(gettext("Taken back"))
    if done.audit_id:
        return redirect(url_for("console_accuracy.pair", audit_id=done.audit_id), 303)
    if done.pairs > 1 or done.match_id is None:
        return redirect(url_for("console_stewardship.listing"), 303)
    return redirect(url_for("console_stewardship.pair", match_id=done.match_id), 303)


@bp.get("/<uuid:match_id>")
@staff(Permission.STEWARDSHIP_VIEW)
def pair(match_id: UUID) -> Answer:
    return _show(match_id, JudgeForm(formdata=None))


@bp.post("/<uuid:match_id>")
@staff(Permission.STEWARDSHIP_DECIDE)
def decide(match_id: UUID) -> Answer:
    """Same, different, or not now; then the next pair. A pair that somebody else has decided meanwhile is said to be gone."""
    form, said = JudgeForm(), request.form.get("verdict", "")
    if said not in {*Verdict, "skip"}:
        return _show(match_id, form, 422)
    try:
        if said == "skip":
            with transaction() as session:
                services.skip(session, actor(), match_id, now=now())
            return _next()
        done = attempt(
            form,
            lambda session: services.judge(
                session, actor(), match_id, Verdict(said), reason=form.reason.data or "", now=now()
            ),
        )
    except Stale as stale:
        notices.information(gettext(stale.message, **stale.params))
        return _next()
    if done is None:
        return _show(match_id, form, 422)
    notices.success(gettext(SAID[done.outcome, done.verdict]))
    return _next()


@bp.post("/<uuid:match_id>/open")
@staff(Permission.CUSTOMERS_RESTRICTED)
def open_restricted(match_id: UUID) -> Answer:
    """Show a pair with a restricted record, for a reason that is kept."""
    form = OpenForm()
    if not form.validate():
        return _show(match_id, JudgeForm(formdata=None), 422, open_form=form)
    with transaction() as session:
        services.open_restricted_pair(session, actor(), match_id, reason=form.reason.data or "", now=now())
    return redirect(url_for("console_stewardship.pair", match_id=match_id), 303)


def _next() -> Response:
    """The next pair that nobody else has open, or the list when there is none."""
    with reading() as session:
        waiting = queries.next_pair(session, actor().account_id, now=now())
    if waiting:
        return redirect(url_for("console_stewardship.pair", match_id=waiting), 303)
    return redirect(url_for("console_stewardship.listing"), 303)


def _list(form: BulkForm) -> str:
    me, chosen = actor().account_id, _chosen()
    with reading() as session:
        return render_template(
            "agent_console/possible_matches.html",
            page=queries.worklist(session, me, paging.wanted(), chosen, now=now()),
            counts=queries.desk_counts(session, me, now=now()),
            sources=queries.sources(session),
            chosen=chosen,
            form=form,
            reasons=REASONS,
            shows=SHOWS,
            kinds=KINDS,
            may_decide=may(actor(), Permission.STEWARDSHIP_DECIDE),
        )


def _chosen() -> DeskFilter:
    show, reason, kind = (request.args.get(name, "") for name in ("show", "reason", "kind"))
    return DeskFilter(
        show if show in SHOWS else "open",
        HoldReason(reason) if reason in set(HoldReason) else None,
        request.args.get("source", "")[:60],
        "stakes" in request.args,
        CustomerKind(kind) if kind in KINDS else None,
    )


def _show(match_id: UUID, form: JudgeForm, status: int = 200, open_form: OpenForm | None = None) -> Answer:
    """The pair, which is mine from now on unless somebody else has it."""
    decides = may(actor(), Permission.STEWARDSHIP_DECIDE)
    with transaction() as session:
        found = queries.desk_pair(session, actor().account_id, match_id, now=now())
        if decides and not (found.opinion and found.opinion.mine):
            services.claim(session, actor(), match_id, now=now())
        if found.hidden and services.opened_reason(session, actor(), match_id, now=now()):
            found = queries.desk_pair(session, actor().account_id, match_id, opened=True, now=now())
        for golden_id in sorted({side.golden_id for side in (found.left, found.right) if side.golden_id}):
            services.note_look(session, actor(), golden_id, purpose=_PURPOSE, now=now())
    if found.hidden:
        page = render_template(
            "agent_console/possible_match_restricted.html", pair=found, form=open_form or OpenForm(formdata=None)
        )
        return page, status
    return render_template("agent_console/possible_match.html", form=form, may_decide=decides, **told(found)), status


def told(found: DeskPair) -> dict[str, object]:
    """A pair as its page says it: compared, drawn, in words."""
    names = {name: gettext(label) for name, label in LABELS.items()}
    fields = {bar.field: names.get(bar.field, bar.field.replace("_", " ").capitalize()) for bar in found.weights}
    return {
        "pair": found,
        "compared": compare(LABELS, found.left.values, found.right.values),
        "marked": marked,
        "how": COMPARED,
        "colours": COLOURS,
        "reasons": REASONS,
        "risk_words": RISKS,
        "fields": fields,
        "picture": waterfall(
            found.prior, found.weights, fields, start=gettext("To begin with"), total=gettext("All together")
        ),
    }


def marked(parts: tuple[tuple[str, bool], ...]) -> Markup:
    """A value, with what differs marked for eyes and for ears."""
    return Markup("").join(
        Markup('<mark class="fp-differs">{}</mark>').format(piece) if differs else escape(piece)
        for piece, differs in parts
    )
