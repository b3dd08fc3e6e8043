"""What is said no to about callers handed to another line."""

from backend.core.refusals import Refusal, Unknown


class TransferUnknown(Unknown):
    """No such transfer, or none that this person may see."""

    code, title = "hotline/transfer-unknown", "No such transfer"


class TransferNotOpen(Refusal):
    """From where the transfer is, this cannot follow."""

    status, code, title = 409, "hotline/transfer-not-open", "This cannot follow now"
