"""Signing in, and the next pair of tokens: once each, written down before it is used."""

from collections.abc import Generator
from dataclasses import dataclass

import httpx

from lianxin_client import signing
from lianxin_client.ids import uuid7
from lianxin_client.server import Server
from lianxin_client.store import Store
from lianxin_client.texts import Json

CREATED = 201
"""A network that wants to be paid first answers 200, and that is no pair of tokens."""


@dataclass(frozen=True)
class Person:
    """Somebody who has signed in on this phone. `key_known`: the server has the public half of his key."""

    id: str
    name: str
    key_id: str
    private_key: bytes
    key_known: bool


def people(store: Store) -> list[Person]:
    """Everybody who has signed in on this phone."""
    rows = store.rows("SELECT id, name, key_id, private_key, key_known FROM person ORDER BY rowid")
    return [Person(row["id"], row["name"], row["key_id"], row["private_key"], bool(row["key_known"])) for row in rows]


def sign_in(store: Store, http: httpx.Client, *, number: str, password: str, label: str) -> str:
    """The person's id. The same phone signed in again stays the same device, and what waits on it goes on waiting."""
    known = store.rows("SELECT device_id FROM person WHERE number = ?", number)
    asked = {"phone": number, "password": password, "device_label": label}
    if known:
        asked["device_id"] = known[0]["device_id"]
    pair = Server(http).ask("POST", "/api/v1/sessions", json=asked).json()
    bearer = {"Authorization": f"Bearer {pair['access_token']}"}
    me = Server(http).ask("GET", "/api/v1/me", headers=bearer).json()
    _keep(store, me, number, pair)
    return str(me["person_id"])


def _keep(store: Store, me: Json, number: str, pair: Json) -> None:
    fresh = (me["person_id"], me["name"], number, pair["device_id"], uuid7(), signing.new_key())
    with store.transaction():
        store.rows(
            "INSERT INTO person (id, name, number, device_id, access_token, refresh_token, key_id, private_key) "
            "VALUES (?, ?, ?, ?, '', '', ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
            "number = excluded.number, device_id = excluded.device_id, key_known = 0",
            *fresh,
        )
        _keep_pair(store, me["person_id"], pair)
        store.rows("INSERT OR REPLACE INTO holder VALUES (1, ?)", me["person_id"])


def _keep_pair(store: Store, person: str, pair: Json) -> None:
    tokens = (pair["access_token"], pair["refresh_token"])
    with store.transaction():
        store.rows("UPDATE person SET access_token = ?, refresh_token = ? WHERE id = ?", *tokens, person)


def tell_key(store: Store, server: Server, person: Person) -> None:
    """Register the public half of somebody's key, in a session of his own. Twice is once; a revoked one is replaced."""
    told = {"id": person.key_id, "public_key": signing.public_half(person.private_key)}
    counts = server.ask("POST", "/api/v1/sync/author-keys", json=told).json()["counts"]
    with store.transaction():
        if counts:
            store.rows("UPDATE person SET key_known = 1 WHERE id = ?", person.id)
        else:
            fresh = (uuid7(), signing.new_key(), person.id)
            store.rows("UPDATE person SET key_id = ?, private_key = ? WHERE id = ?", *fresh)


class Tokens(httpx.Auth):
    """Adds a person's access token. Where it is void, gets the next pair, keeps it, and asks once more.

    Where the answer with the pair is lost, the old refresh token still gives the same pair for a minute; after that
    only the password helps, and the 401 goes through.
    """

    requires_response_body = True

    def __init__(self, store: Store, person: str) -> None:
        self._store, self._person = store, person

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """What httpx sends: the request; after a 401 the refreshment, then the request again."""
        access, refresh = self._pair()
        request.headers["Authorization"] = f"Bearer {access}"
        answer = yield request
        if answer.status_code != 401:
            return
        address = request.url.copy_with(path="/api/v1/sessions/refreshment", query=None)
        refreshed = yield httpx.Request("POST", address, json={"refresh_token": refresh})
        if refreshed.status_code == CREATED:
            _keep_pair(self._store, self._person, refreshed.json())
            request.headers["Authorization"] = f"Bearer {self._pair()[0]}"
            yield request

    def _pair(self) -> tuple[str, str]:
        [row] = self._store.rows("SELECT access_token, refresh_token FROM person WHERE id = ?", self._person)
        return row["access_token"], row["refresh_token"]
