"""What to say on the telephone: out of the approved library by the kind of fraud, else in general."""

from msgspec import Struct

from backend.antifraud.library_lists import list_library
from backend.core.words import Term, say

GENERAL = Term(
    "Hello, I am the police assistant of the village. You may hang up and call 96110 to ask about me.\n"
    "Has anybody asked you to pay, to share your screen, or to tell a code? Please pay nothing and hang up on him.\n"
    "I am coming to you now. If money has gone, call 110 and your bank first."
)
GONE = Term("Call 110 at once, then the bank's own number to stop the payment. Delete nothing. 96110 gives advice.")


class Script(Struct, frozen=True):
    """Words to read out. `title` names the item of the library; null: the general one."""

    title: str | None
    words: str
    if_money_gone: str


async def script(fraud_type: str | None) -> Script:
    """Those of the season first; nothing that the police have not approved."""
    found = await list_library(fraud_type=fraud_type) if fraud_type else []
    if not found:
        return Script(None, say(GENERAL), say(GONE))
    return Script(found[0].title, found[0].say_on_phone.strip(), found[0].if_money_gone.strip())
