"""Proving to be somebody the council already knows, so that My Account also shows what was asked for by phone."""

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.customers import queries as customers
from app.customers import services
from app.customers.rows import Question, SourceRow
from app.kernel.errors import Invalid, NotFound
from app.web import notices
from app.web.access import resident
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext
from portal.forms.prove import ProofForm, proof_form

bp = Blueprint("prove", __name__, url_prefix="/account/prove")


@bp.get("")
@resident
def choose() -> str:
    """What can you prove yourself with?"""
    with reading() as session:
        sources = customers.provable_sources(session)
        proven = _proven(session)
    return render_template("portal/prove.html", sources=sources, proven=proven)


@bp.get("/<slug>")
@resident
def ask(slug: str) -> str:
    """The questions for one source."""
    source, questions = _source(slug)
    return _ask(source, proof_form(questions)())


@bp.post("/<slug>")
@resident
def prove(slug: str) -> str | Response | tuple[str, int]:
    """Check the answers. Which one was wrong is never said."""
    source, questions = _source(slug)
    form = proof_form(questions)()
    if not form.validate():
        return _ask(source, form), 422
    try:
        with transaction() as session:
            result = services.prove(session, actor(), slug, form.answers(), now=now())
    except Invalid as refused:
        form.refuse(refused, {code: f"proof_{code}" for code in form.codes})
        return _ask(source, form), 422
    if not result.passed:
        form.problem(
            form.first(), gettext("These answers do not fit together. Check each one against a letter from us")
        )
        return _ask(source, form), 422
    notices.success(gettext("Thank you. My Account now also shows what you asked us by phone or in person"))
    return redirect(url_for("my_enquiries.mine"), 303)


def _source(slug: str) -> tuple[SourceRow, tuple[Question, ...]]:
    with reading() as session:
        found = {source.slug: source for source in customers.provable_sources(session)}
        if slug not in found:
            raise NotFound
        return found[slug], customers.proof_questions(session, slug)


def _proven(session: Session) -> list[str]:
    """Names of the sources this account has proved itself with."""
    account_id = actor().account_id
    granted = customers.granted_source_records(session, account_id) if account_id else []
    return sorted({gettext(person.source_name) for person in customers.people(session, granted).values()})


def _ask(source: SourceRow, form: ProofForm) -> str:
    return render_template("portal/prove_answers.html", source=source, form=form)
