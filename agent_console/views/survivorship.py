"""The rules by which a customer's values are chosen, attribute by attribute: tried before they are saved."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.forms.golden import RULES, RuleForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission, may
from app.customers import queries, services
from app.customers.queries import LABELS
from app.customers.rows import RulePreview
from app.kernel.errors import NotFound
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, reading
from app.web.i18n import gettext

bp = Blueprint("console_survivorship", __name__, url_prefix="/console/survivorship")


@bp.get("")
@staff(Permission.STEWARDSHIP_VIEW)
def listing() -> str:
    with reading() as session:
        number, rows = queries.rule_table(session)
    return render_template(
        "agent_console/survivorship.html", number=number, rows=rows, rules=RULES,
        may_change=may(actor(), Permission.STEWARDSHIP_DECIDE),
    )  # fmt: skip


@bp.get("/<attribute>")
@staff(Permission.STEWARDSHIP_DECIDE)
def one(attribute: str) -> str:
    return _show(attribute, None)


@bp.post("/<attribute>")
@staff(Permission.STEWARDSHIP_DECIDE)
def change(attribute: str) -> str | Response | tuple[str, int]:
    """Try the rules, or save them. To try needs no reason."""
    form, number = _form(attribute)
    orders, trust = {attribute: form.order()}, {_trusted(attribute): form.trust()}
    if request.form.get("act") != "save":
        form.reason.validators = ()
        seen = attempt(form, lambda session: services.preview_rules(session, orders, trust, now=now()))
        return (_show(attribute, form, seen), 200) if seen else (_show(attribute, form), 422)
    seen_number = request.form.get("number", number, int)
    saved = attempt(
        form,
        lambda session: services.save_rules(
            session, actor(), orders, trust, number=seen_number, reason=form.reason.data or "", now=now()
        ),
    )
    if saved is None:
        return _show(attribute, form), 422
    notices.success(gettext("Saved. A run puts the rules into effect within a minute"))
    return redirect(url_for("console_survivorship.listing"), 303)


def _form(attribute: str) -> tuple[RuleForm, int]:
    with reading() as session:
        number, rows = queries.rule_table(session)
    row = next((row for row in rows if row.attribute == attribute), None)
    if row is None:
        raise NotFound
    return RuleForm.of(row.order, row.trust), number


def _trusted(attribute: str) -> str:
    return "address" if attribute == "street" else attribute


def _show(attribute: str, form: RuleForm | None, seen: RulePreview | None = None) -> str:
    fresh, number = _form(attribute)
    return render_template(
        "agent_console/survivorship_rule.html",
        attribute=attribute,
        form=form or fresh,
        number=number,
        seen=seen,
        labels=LABELS,
    )
