"""The keys of authors over HTTP."""

from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from backend.core.creates import answered
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.sync import author_keys
from backend.sync.author_key_schemas import AuthorKeyRecord, NewAuthorKey


@post(
    "/",
    operation_id="registerAuthorKey",
    summary="Register the public key with which I sign what I do offline",
    description="For a phone that several people share: what one of them did is his, whoever's sign-in sends it. "
    "201 the first time, 200 for the same again.",
    responses={200: ResponseSpec(AuthorKeyRecord, generate_examples=False, description="The same again")},
)
async def register_author_key(data: JSONBody[NewAuthorKey], by: SignedIn) -> Response[AuthorKeyRecord]:
    """It belongs to the phone that this sign-in is on: revoking the phone ends it."""
    return answered(await author_keys.register_author_key(id=data.id, public_key=data.public_key, by=by))


@get("/", operation_id="listAuthorKeys", summary="My keys for signing offline work")
async def list_author_keys(by: SignedIn) -> list[AuthorKeyRecord]:
    """The newest first, those that no longer count too."""
    return await author_keys.list_author_keys(by=by)


@post(
    "/{key_id:uuid}/revocation",
    operation_id="revokeAuthorKey",
    summary="Revoke one of my keys",
    description="It proves nothing from now on, whenever a command says that it was done: a phone's clock can lie.",
    status_code=200,
)
async def revoke_author_key(key_id: FromPath[UUID], by: SignedIn) -> AuthorKeyRecord:
    """Twice is the same."""
    return await author_keys.revoke_author_key(key_id=key_id, by=by)


router = Router(
    "/api/v1/sync/author-keys",
    route_handlers=[register_author_key, list_author_keys, revoke_author_key],
    dependencies=NEEDS_SIGN_IN,
    tags=["sync"],
)
