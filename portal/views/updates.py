"""The updates that a resident follows, in My Account; and the page to which the stop link of a bulletin leads."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from app.accounts import queries as accounts
from app.kernel.errors import Invalid, NotFound, SignInNeeded
from app.subscriptions import queries, services
from app.web import access, notices
from app.web.access import public, resident
from app.web.context import actor, now, reading, transaction
from app.web.i18n import current, gettext, ngettext
from portal.forms.updates import FollowForm, StopForm

bp = Blueprint("my_updates", __name__, url_prefix="/account/updates")
stop_bp = Blueprint("stop_updates", __name__)
Answer = str | Response | tuple[str, int]


@bp.get("")
@resident
def overview() -> str:
    """What I follow, and what I can follow."""
    return _page(FollowForm(formdata=None), StopForm(formdata=None))


@bp.post("/follow")
@resident
def follow() -> Answer:
    form = FollowForm()
    with reading() as session:
        form.offer(queries.open_topics(session))
    if form.validate():
        try:
            with transaction() as session:
                services.follow(session, actor(), form.topics.data, area=form.area.data or "", now=now())
        except Invalid as refused:
            form.refuse(refused)
        else:
            labels = {value: label for value, label, *_ in form.topics.iter_choices()}
            chosen = ", ".join(labels[slug] for slug in form.topics.data)
            notices.success(gettext("You now follow: %(topics)s", topics=chosen))
            return redirect(url_for("my_updates.overview"), 303)
    return _page(form, StopForm(formdata=None)), 422


@bp.post("/stop")
@resident
def stop() -> Answer:
    """End those that were ticked. Another's is as if it were not there."""
    chosen = [_id(one) for one in request.form.getlist("following")]
    if not chosen:
        form = StopForm(formdata=None)
        return _page(FollowForm(formdata=None), form, gettext("Choose what you want to stop")), 422
    with transaction() as session:
        stopped = services.stop(session, actor(), chosen, now=now())
    notices.success(ngettext("You have stopped %(num)s update.", "You have stopped %(num)s updates.", stopped))
    return redirect(url_for("my_updates.overview"), 303)


@stop_bp.get("/stop-updates/<token>")
@public
def ask(token: str) -> str:
    """A button. Mail scanners follow links; they must not end anything."""
    with reading() as session:
        row = services.linked(session, token)
    return render_template("portal/updates_stop.html", row=row, locale_now=current())


@stop_bp.post("/stop-updates/<token>")
@public
def end(token: str) -> Response:
    """By the button, or by a mail program at its reader's wish: whoever has the link may."""
    with transaction() as session:
        services.stop_by_link(session, token, now=now())
    return redirect(url_for("stop_updates.ask", token=token), 303)


@stop_bp.record_once
def _take_posts_of_mail_programs(state: BlueprintSetupState) -> None:
    """They have no page of ours and so no token of its form; the one in the address is enough."""
    access.exempt_from_csrf(state.app, stop_bp)


def _page(form: FollowForm, stop_form: StopForm, problem: str = "") -> str:
    with reading() as session:
        me = accounts.account(session, _me())
        mine = queries.mine(session, me.id)
        known = {row.topic_slug for row in mine}
        topics = [row for row in queries.open_topics(session) if row.slug not in known]
    form.offer(topics)
    stop_form.offer(mine)
    if problem:
        stop_form.problem("following", problem)
    return render_template(
        "portal/updates.html",
        form=form,
        stop_form=stop_form,
        mine=mine,
        topics=topics,
        email=me.email,
        locale_now=current(),
    )


def _id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise NotFound from None


def _me() -> UUID:
    account_id = actor().account_id
    if account_id is None:
        raise SignInNeeded
    return account_id
