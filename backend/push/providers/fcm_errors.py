"""What FCM's refusals mean for us, read by firebase-admin's own error classes.

Only failures come this way, so its slow path (an httpx response made for it) costs nothing where it matters.
"""

from typing import Any

from backend.push.providers.fates import Fate, invalid, refused
from backend.push.providers.wire import Answer


def fate_of(answer: Answer, address: str) -> Fate:
    """The fate of one message whose answer was not 200."""
    if busy := answer.busy():
        return busy
    error = _error_in(answer, address)
    if error is None:
        return refused(f"HTTP_{answer.status}")
    return _of_class(error) or (invalid("INVALID_ARGUMENT") if _about_address(error) else refused(error.code))


def _of_class(error: Any) -> Fate | None:
    from firebase_admin import messaging

    if isinstance(error, messaging.UnregisteredError):
        return invalid("UNREGISTERED")
    if isinstance(error, messaging.SenderIdMismatchError):
        return invalid("SENDER_ID_MISMATCH")
    return refused("THIRD_PARTY_AUTH_ERROR") if isinstance(error, messaging.ThirdPartyAuthError) else None


def _about_address(error: Any) -> bool:
    """Whether INVALID_ARGUMENT speaks of the address. One about the message must never prune everybody's address."""
    from firebase_admin import exceptions

    if not isinstance(error, exceptions.InvalidArgumentError):
        return False
    said = error.http_response.text
    return any(f'"message.{target}"' in said for target in ("token", "fid")) or "registration token" in said


def _error_in(answer: Answer, address: str) -> Any:
    """firebase-admin's exception for the answer; None where the answer is no error it can read."""
    import httpx
    from firebase_admin import _utils, messaging

    request = httpx.Request("POST", address)
    response = httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body, request=request)
    heard = httpx.HTTPStatusError("refused", request=request, response=response)
    try:
        return _utils.handle_platform_error_from_httpx(heard, messaging._MessagingService._build_fcm_error_httpx)
    except (ValueError, AttributeError, TypeError):
        return None
