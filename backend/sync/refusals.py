"""Every way in which this room says no."""

from backend.core.refusals import Forbidden, Invalid, Refusal, Unknown


class AuthorUnproven(Forbidden):
    """The command names an author whom its key and signature do not prove, or who may not enter any more."""

    code, title = "sync/author-unproven", "It is not proved who did this"


class AuthorKeyUnknown(Unknown):
    """Not one of this person's keys."""

    code, title = "sync/author-key-unknown", "No such key"


class TooManyAuthorKeys(Refusal):
    """So many keys of one person count already."""

    status, code, title = 409, "sync/too-many-author-keys", "Too many keys"


class NotAPublicKey(Invalid):
    """The text is no public key on P-256."""

    code, title = "sync/not-a-public-key", "This is no public key"


class ConflictUnknown(Unknown):
    """No such conflict, or none that this person may decide."""

    code, title = "sync/conflict-unknown", "There is no such pair of changes"


class ConflictDecided(Refusal):
    """Somebody decided it already, in another way."""

    status, code, title = 409, "sync/conflict-decided", "This has been decided already"


class RecordMovedOn(Refusal):
    """The record says something else than when the decision was being made."""

    status, code, title = 409, "sync/record-moved-on", "The record was changed meanwhile"


class DecisionIncomplete(Invalid):
    """A contested field without a word, or a field that is not contested."""

    code, title = "sync/decision-incomplete", "Say for each field which one stays"
