"""The verbs of rights requests."""

from app.rights.services.asking import ask, write_down
from app.rights.services.correcting import correct, remind, source_answered
from app.rights.services.erasing import begin, carry_out, certify, do_class, keep, sweep_messages
from app.rights.services.handling import (
    add_record,
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

__all__ = [
    "add_record",
    "ask",
    "ask_package",
    "begin",
    "carry_out",
    "certify",
    "correct",
    "do_class",
    "download",
    "drop_record",
    "expire_packages",
    "extend",
    "keep",
    "lift_hold",
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
