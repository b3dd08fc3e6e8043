"""Every way in which this room says no."""

from datetime import datetime, timedelta
from math import ceil

from backend.core import clock
from backend.core.refusals import Forbidden, Refusal, SignInNeeded, Unknown


class SignInRefused(SignInNeeded):
    """Wrong password, unknown phone, closed account or no password yet: one answer for all of them."""

    code, title = "people/sign-in-refused", "Phone number or password is not right"

    def __init__(self) -> None:
        super().__init__("Check the phone number and the password, or ask your administrator for a new sign-in link.")


class SignInLocked(Refusal):
    """Too many failures in a row for this phone number, whether or not it has an account."""

    status, code, title = 429, "people/sign-in-locked", "Too many wrong passwords"

    def __init__(self, locked_until: datetime) -> None:
        super().__init__(
            "Sign-in with this phone number is closed until {until}. Wait, or ask your administrator for a new link.",
            until=clock.local(locked_until).strftime("%Y-%m-%d %H:%M"),
        )
        self.retry_after_s = max(1, round((locked_until - clock.now()).total_seconds()))


class TokenVoid(SignInNeeded):
    """The token is not ours, has run out, was signed out, or belongs to a revoked device or closed account."""

    code, title = "people/token-void", "Sign in again"

    def __init__(self) -> None:
        super().__init__("This sign-in no longer counts. Sign in with your phone number and password.")


class RefreshTokenReused(SignInNeeded):
    """A refresh token came back after it was used: one of two holders stole it, so its whole family is shut."""

    code, title = "people/refresh-token-reused", "Sign in again"

    def __init__(self) -> None:
        super().__init__(
            "This refresh token was used before. For your safety that device was signed out; sign in again."
        )


class CrossSite(Forbidden):
    """A page of another site tried to act with the browser's session cookie."""

    code, title = "people/cross-site", "The request came from another site"

    def __init__(self) -> None:
        super().__init__("Do this from a page of this server, or send a Bearer token instead of the cookie.")


class LinkSpent(Refusal):
    """Never made, used already, or run out: one answer for all of them."""

    status, code, title = 410, "people/link-spent", "This link no longer works"

    def __init__(self) -> None:
        super().__init__("It was used before or has run out. Ask your administrator for a new one.")


class PersonUnknown(Unknown):
    """No such account, or none that this person may see."""

    code, title = "people/person-unknown", "No such account"


class PhoneTaken(Refusal):
    """Another account signs in with this number."""

    status, code, title = 409, "people/phone-taken", "This phone number already has an account"


class UnitUnknown(Unknown):
    """No such unit."""

    code, title = "people/unit-unknown", "No such unit"


class DeviceUnknown(Unknown):
    """Not one of this person's devices."""

    code, title = "people/device-unknown", "No such device"


class AccessKeyUnknown(Unknown):
    """Not one of this person's keys."""

    code, title = "people/access-key-unknown", "No such access key"


class HouseholdUnknown(Unknown):
    """No such household, or none that this person may see."""

    code, title = "people/household-unknown", "No such household"


class HouseholdCodeTaken(Refusal):
    """Another household card carries this number."""

    status, code, title = 409, "people/household-code-taken", "This household number is taken"


class OtherTerritory(Forbidden):
    """The place lies outside every territory in which this person may do that."""

    code, title = "people/other-territory", "Outside your territory"

    def __init__(self, division_code: str) -> None:
        super().__init__("Division {division_code} is not in your territory for this.", division_code=division_code)


class CannotServe(Refusal):
    """Somebody without a role there on that day cannot serve a household."""

    status, code, title = 409, "people/cannot-serve", "This person has no role there on that day"


class ServiceBegun(Refusal):
    """Somebody's service of this household begins on that day or later."""

    status, code, title = 409, "people/service-begun", "Somebody else begins on that day or later"


class ConsentSubjectMissing(Refusal):
    """A line of the ledger is about a household or about a person: one of them, not both."""

    status, code, title = 400, "people/consent-subject", "Say whose consent it is"


class NotAStation(Refusal):
    """Codes are for where citizens come: stations and studios."""

    status, code, title = 409, "people/not-a-station", "Only a station or a studio has a code"


class StationCodeUnknown(Unknown):
    """No such code, or not one of this person's territory."""

    code, title = "people/station-code-unknown", "No such station code"


class StationCodeVoid(SignInNeeded):
    """Never made, revoked, or of a station that was closed: one answer for all of them."""

    code, title = "people/station-code-void", "This station code no longer counts"

    def __init__(self) -> None:
        super().__init__("Scan the code at the station again, or ask the people there.")


class StationBusy(Refusal):
    """Too much was opened with one code, or from one address; or too many wrong codes came from there."""

    status, code, title = 429, "people/station-busy", "Too much at once"

    def __init__(self, wait: timedelta) -> None:
        self.retry_after_s = max(1, ceil(wait.total_seconds()))
        super().__init__("Wait {seconds} s and try again: nothing is lost.", seconds=self.retry_after_s)
