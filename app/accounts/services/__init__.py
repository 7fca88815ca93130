"""Verbs of the accounts room. None commits; what fails as part of ordinary use is an outcome, so that its trace is kept."""

from app.accounts.services.api_keys import (
    ApiCaller,
    create_api_key,
    create_service_account,
    resolve_api_key,
    revoke_api_key,
)
from app.accounts.services.details import change_details, change_password, set_locale
from app.accounts.services.one_time import confirm_email, request_reset, reset_password
from app.accounts.services.registration import register_resident
from app.accounts.services.second_factor import (
    Enrolled,
    TotpEnrolment,
    begin_enrolment,
    code_at,
    confirm_enrolment,
    current_code,
    new_recovery_codes,
    reset_second_factor,
    second_factor,
)
from app.accounts.services.sign_in import (
    Pending,
    Refused,
    SignedIn,
    pending,
    resolve,
    revoke_all,
    revoke_sign_in,
    sign_in,
    sign_out,
)
from app.accounts.services.staff import create_staff, invite_staff, reinstate, set_roles, suspend

__all__ = [
    "ApiCaller",
    "Enrolled",
    "Pending",
    "Refused",
    "SignedIn",
    "TotpEnrolment",
    "begin_enrolment",
    "change_details",
    "change_password",
    "code_at",
    "confirm_email",
    "confirm_enrolment",
    "create_api_key",
    "create_service_account",
    "create_staff",
    "current_code",
    "invite_staff",
    "new_recovery_codes",
    "pending",
    "register_resident",
    "reinstate",
    "request_reset",
    "reset_password",
    "reset_second_factor",
    "resolve",
    "resolve_api_key",
    "revoke_all",
    "revoke_api_key",
    "revoke_sign_in",
    "second_factor",
    "set_locale",
    "set_roles",
    "sign_in",
    "sign_out",
    "suspend",
]
