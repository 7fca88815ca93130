"""How the pages of rights requests say things."""

from flask_babel import lazy_gettext as _l

from app.rights.enums import CorrectionState, PackageState, RequestState

EVENTS = {
    "received": _l("Received"),
    "taken": _l("Taken on"),
    "identity": _l("Who they are was shown"),
    "record_added": _l("A record was added"),
    "record_dropped": _l("A record was taken out: it is somebody else's"),
    "address_added": _l("An address or number was shown to be theirs"),
    "address_dropped": _l("An address or number was taken out"),
    "extended": _l("More time, and the person was told"),
    "package_asked": _l("A copy was asked for"),
    "package_ready": _l("The copy is ready"),
    "package_downloaded": _l("The copy was downloaded"),
    "source_told": _l("The source was told"),
    "source_reminded": _l("The source was reminded"),
    "source_accepted": _l("The source has put it right"),
    "source_refused": _l("The source refuses"),
    "source_put_right": _l("The source has sent the right value by itself"),
    "source_sent_again": _l("The source has sent the old value again"),
    "source_went_back": _l(
        "The source had put it right, and has gone back to something else. Its answer is waited for again"
    ),
    "pin_lifted": _l("The pin was lifted: the source says it itself"),
    "class_kept": _l("A class of records is kept"),
    "class_not_kept": _l("A class of records is not kept after all"),
    "erasure_begun": _l("The erasure was begun"),
    "met": _l("Done, and the person was told"),
    "refused": _l("Refused, and the person was told"),
    "withdrawn": _l("Withdrawn by the person"),
}
STATES = {state: _l(state.label) for state in RequestState} | {
    RequestState.IDENTITY: _l("Waits for proof of who they are"),
}
STATE_COLOURS = {
    RequestState.RECEIVED: "blue",
    RequestState.IDENTITY: "yellow",
    RequestState.IN_HAND: "light-blue",
    RequestState.MET: "green",
    RequestState.REFUSED: "red",
    RequestState.WITHDRAWN: "grey",
}
PACKAGE_COLOURS = {
    PackageState.QUEUED: "blue",
    PackageState.MAKING: "light-blue",
    PackageState.READY: "green",
    PackageState.FAILED: "red",
    PackageState.EXPIRED: "grey",
}
CORRECTION_COLOURS = {CorrectionState.TOLD: "blue", CorrectionState.ACCEPTED: "green", CorrectionState.REFUSED: "red"}
HELD_ON = {
    "source_record": _l("A source record"),
    "account": _l("A resident's account"),
    "enquiry": _l("An enquiry"),
}
