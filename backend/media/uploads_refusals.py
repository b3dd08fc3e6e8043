"""How uploads say no. tus fixes most of the numbers."""

from backend.core.refusals import Refusal


class UploadUnknown(Refusal):
    """No such upload, or somebody else's."""

    status, code, title = 404, "media/upload-unknown", "No such upload"


class UploadGone(Refusal):
    """Terminated, or abandoned for too long."""

    status, code, title = 410, "media/upload-gone", "This upload is over"


class TooManyOpen(Refusal):
    """One opener began many and finished none."""

    status, code, title = 429, "media/too-many-open-uploads", "Too many unfinished uploads"
    retry_after_s = 60


class OffsetMismatch(Refusal):
    """The bytes do not begin where the stored ones end, or another request was quicker."""

    status, code, title = 409, "media/upload-offset-mismatch", "The upload goes on from another byte"


class ChecksumMismatch(Refusal):
    """The bytes are not those that were sent; none was kept."""

    status, code, title = 460, "media/checksum-mismatch", "The bytes arrived damaged"


class UploadIsFinal(Refusal):
    """Made out of partial uploads: takes no bytes of its own."""

    status, code, title = 403, "media/upload-is-final", "This upload is put together from others"


class WrongTusVersion(Refusal):
    """`Tus-Resumable` is missing or names a version that is not spoken here."""

    status, code, title = 412, "media/tus-version", "Another version of the upload protocol"


class NotBytes(Refusal):
    """The body's Content-Type is not that of tus."""

    status, code, title = 415, "media/not-offset-octet-stream", "This kind of content is not taken here"


class TooSlow(Refusal):
    """No byte came for a long while. What came before is kept."""

    status, code, title = 408, "media/upload-stalled", "The line went silent"


class BodyCut(Refusal):
    """The line broke. Nobody hears this answer; what came is kept."""

    status, code, title = 400, "media/upload-cut", "The request ended before it was complete"
