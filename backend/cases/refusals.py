"""What the room says no with."""

from backend.core.refusals import Forbidden, Invalid, Refusal, Unknown


class CaseUnknown(Unknown):
    """No such case, or none that this person may see."""

    code, title = "cases/case-unknown", "No such case"


class NotYourStep(Forbidden):
    """The case may be seen, but this step is somebody else's."""

    code, title = "cases/not-your-step", "This step is somebody else's"


class CategoryUnknown(Invalid):
    """No such category on that day."""

    code, title = "cases/category-unknown", "No such category"


class UnitUnknown(Unknown):
    """No such unit, or one that is closed."""

    code, title = "cases/unit-unknown", "No such unit"


class NoRoute(Refusal):
    """The routing table has no row for this category and place."""

    status, code, title = 409, "cases/no-route", "Nobody is proposed for this"


class SameUnit(Refusal):
    """The unit has the case already."""

    status, code, title = 409, "cases/same-unit", "The unit has it already"


class OutsideYourTerritory(Forbidden):
    """The place is in no division where this person holds a role, nor a household he serves."""

    code, title = "cases/outside-your-territory", "Not in your area"


class ReceiptUnknown(Unknown):
    """Number and secret do not open a receipt. The same for an unknown number, a wrong secret and a lock."""

    code, title = "cases/receipt-unknown", "This number and secret open nothing"
    SAID = (
        "Look at the receipt again: twelve digits and a secret of six. After several wrong tries nothing opens for an "
        "hour. If the receipt is lost, your village cadre or a station can give you a new secret."
    )


class TicketExpired(Unknown):
    """A citizen's ticket was never ours, or its half hour is over."""

    code, title = "cases/ticket-expired", "Enter the secret again"
