"""What may go wrong with files, and how the error of a disk or of a bucket becomes one of these."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from obstore.exceptions import BaseError, NotFoundError

from backend.core.refusals import Refusal

log = structlog.get_logger()

MISSING = (NotFoundError, FileNotFoundError)
"""How a bucket and a folder say that nothing is there."""


class StorageFull(Refusal):
    """No room is left for files; what was sent was not kept."""

    status, code, title = 503, "core/storage-full", "There is no room left for files"
    retry_after_s = 300


class StorageDown(Refusal):
    """The place where files lie does not answer as it should; what was sent was not kept."""

    status, code, title = 503, "core/storage-down", "Files cannot be kept at the moment"
    retry_after_s = 30


class ObjectMissing(LookupError):
    """Nothing is stored under this path."""


@contextmanager
def as_refusals() -> Iterator[None]:
    """Let nothing else out of here. Raises ObjectMissing, StorageFull, StorageDown."""
    try:
        yield
    except MISSING as error:
        raise ObjectMissing from error
    except (OSError, BaseError) as error:
        number = getattr(error, "errno", None)
        log.error("storage failed", kind=type(error).__name__, errno=errno.errorcode.get(number or 0))
        if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageFull from error
        raise StorageDown from error
