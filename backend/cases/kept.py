"""How long what offices write around a case is kept."""

from backend.core.privacy import DataClass, Personal

DECIDE = "showing how it was decided, and by whom it is to be done"
KEPT = "24 months after it was written"
KEPT_DAYS = 731


def kept(purpose: str) -> Personal:
    return Personal(purpose, DataClass.INTERNAL, KEPT, KEPT_DAYS)
