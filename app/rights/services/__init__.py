"""The verbs of rights requests."""

from app.rights.services.asking import ask, write_down
from app.rights.services.correcting import correct, remind, source_answered
from app.rights.services.erasing import begin, carry_out, certify, do_class, keep, sweep_messages
from app.rights.services.handling import (
    add_address,
    add_record,
    drop_address,
    drop_record,
    extend,
    meet,
    refuse,
    show_identity,
    take,
    withdraw,
)
from app.rights.services.holding import lift_hold, place_hold
from app.rights.services.packages import ask_package, download, expire_packages, make_waiting
from app.rights.services.retaining import run_schedule, set_rule
from app.rights.services.returning import check_return, let_return
from app.rights.services.watching import lift_pin, look_at_load

__all__ = [
    "add_address",
    "add_record",
    "ask",
    "ask_package",
    "begin",
    "carry_out",
    "certify",
    "check_return",
    "correct",
    "do_class",
    "download",
    "drop_address",
    "drop_record",
    "expire_packages",
    "extend",
    "keep",
    "let_return",
    "lift_hold",
    "lift_pin",
    "look_at_load",
    "make_waiting",
    "meet",
    "place_hold",
    "refuse",
    "remind",
    "run_schedule",
    "set_rule",
    "show_identity",
    "source_answered",
    "sweep_messages",
    "take",
    "withdraw",
    "write_down",
]
