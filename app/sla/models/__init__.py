"""Every table of the room; importing this registers them all, and the guards that the database holds over them."""

from app.sla import guards
from app.sla.models.agreements import SlaAgreement, SlaSignOff, SlaTarget
from app.sla.models.clocks import SlaClock, SlaPause

__all__ = ["SlaAgreement", "SlaClock", "SlaPause", "SlaSignOff", "SlaTarget"]

guards.attach(SlaClock.metadata)
