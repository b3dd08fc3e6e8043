"""A submission's XML, read back as it came."""

from uuid import UUID

from backend.core import cipher
from backend.openrosa import queries
from backend.openrosa.instances import Instance, read_instance
from backend.openrosa.submission_rows import XML_PURPOSE


async def instance_of(submission_id: UUID) -> Instance | None:
    """None once it was emptied."""
    row = await queries.sealed_xml(submission_id)
    if row is None or row["key_sealed"] is None:
        return None
    key = cipher.open_key(row["key_sealed"], purpose=XML_PURPOSE)
    return read_instance(cipher.unseal_bytes(row["xml_sealed"], key=key, purpose=XML_PURPOSE))
