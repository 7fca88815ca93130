"""The words of the organisation that are chosen from a list."""

from enum import StrEnum

from app.kernel.i18n import N_


class QuestionType(StrEnum):
    """How a question of the catalogue is asked and what its answer looks like."""

    TEXT = "text"
    TEXTAREA = "textarea"
    RADIOS = "radios"
    CHECKBOXES = "checkboxes"
    DATE = "date"
    PROPERTY = "property"
    EMAIL = "email"
    PHONE = "phone"


class DuplicateScope(StrEnum):
    """What makes two open enquiries about one service look like the same one."""

    PROPERTY = "property"
    PERSON = "person"
    NONE = "none"


class QueueKind(StrEnum):
    """How long a queue is meant to live. A project queue names its last day."""

    PERMANENT = "permanent"
    PROJECT = "project"
    INTAKE = "intake"


class QueueStatus(StrEnum):
    """Only an active queue may hold enquiries."""

    DRAFT = "draft"
    ACTIVE = "active"
    CLOSED = "closed"


class NameFinding(StrEnum):
    """What can be wrong with a queue's name."""

    AUDIENCE = "audience"
    UNKNOWN_UNIT = "unknown_unit"
    TWIN = "twin"


class Authority(StrEnum):
    """What a member may decide alone. Those with a limit are about money."""

    SPEND = "spend"
    WAIVE_FEE = "waive_fee"
    APPROVE_URGENT = "approve_urgent"
    CHANGE_PROMISE = "change_promise"
    DECIDE_COMPLAINT = "decide_complaint"

    @property
    def label(self) -> str:
        return _AUTHORITIES[self]


WITH_LIMIT = frozenset({Authority.SPEND, Authority.WAIVE_FEE})


class RotaKind(StrEnum):
    """Why somebody is not there when the pattern says so, or there when it does not."""

    LEAVE = "leave"
    SICKNESS = "sickness"
    TRAINING = "training"
    EXTRA = "extra"

    @property
    def label(self) -> str:
        return _ROTA_KINDS[self]


class Language(StrEnum):
    """A language in which customers are served."""

    ENGLISH = "en"
    WELSH = "cy"
    FRENCH = "fr"
    SPANISH = "es"
    ARABIC = "ar"
    BENGALI = "bn"
    POLISH = "pl"
    PORTUGUESE = "pt"
    PUNJABI = "pa"
    ROMANIAN = "ro"
    SOMALI = "so"
    URDU = "ur"
    BRITISH_SIGN = "bfi"

    @property
    def label(self) -> str:
        return _LANGUAGES[self]


_AUTHORITIES = {
    Authority.SPEND: N_("Spend money"), Authority.WAIVE_FEE: N_("Waive a fee or give money back"),
    Authority.APPROVE_URGENT: N_("Approve that something is urgent"), Authority.CHANGE_PROMISE: N_("Change a promised date"),
    Authority.DECIDE_COMPLAINT: N_("Decide a complaint"),
}  # fmt: skip
_ROTA_KINDS = {
    RotaKind.LEAVE: N_("On leave"), RotaKind.SICKNESS: N_("Sick"), RotaKind.TRAINING: N_("In training"),
    RotaKind.EXTRA: N_("Extra shift"),
}  # fmt: skip
_LANGUAGES = {
    Language.ENGLISH: N_("English"), Language.WELSH: N_("Welsh"), Language.FRENCH: N_("French"), Language.SPANISH: N_("Spanish"),
    Language.ARABIC: N_("Arabic"), Language.BENGALI: N_("Bengali"), Language.POLISH: N_("Polish"),
    Language.PORTUGUESE: N_("Portuguese"), Language.PUNJABI: N_("Punjabi"), Language.ROMANIAN: N_("Romanian"),
    Language.SOMALI: N_("Somali"), Language.URDU: N_("Urdu"), Language.BRITISH_SIGN: N_("British Sign Language"),
}  # fmt: skip
