"""What changed comes down, page by page; httpx asks for it compressed."""

from lianxin_client.server import Server
from lianxin_client.store import Store

ADDRESS = "/api/v1/sync/changes"
NOTHING_CHANGED = 204


def pull(server: Server, store: Store, person: str) -> int:
    """Everything that changed since this person's cursor; how many answers had something to tell.

    Each answer is kept before the next is asked for. One that is lost is asked for again with the same cursor.

    Raises NotNow, SignInNeeded, Refused; what came before is kept.
    """
    kept = 0
    while True:
        cursor = store.cursor(person)
        answer = server.ask("GET", ADDRESS, params={"cursor": cursor} if cursor else {})
        if answer.status_code == NOTHING_CHANGED:
            return kept
        page = answer.json()
        store.keep(person, page)
        kept += 1
        if not page["more"]:
            return kept
