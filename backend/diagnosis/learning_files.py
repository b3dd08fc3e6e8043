"""The learning set as a file, for whoever sits at the server."""

import asyncio
import os
from pathlib import Path

from backend.diagnosis.learning_set import learning_set


async def write(file: Path, *, crop_code: str | None = None) -> str:
    """Write it, whole or not at all; what to say of it."""
    packed, part = await learning_set(by=None, crop_code=crop_code), file.with_name(f"{file.name}.part")
    try:
        with part.open("wb") as opened:
            async for chunk in packed.chunks:
                await asyncio.to_thread(opened.write, chunk)
            await asyncio.to_thread(os.fsync, opened.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return f"{file}: {packed.photos} photos of {packed.requests} requests. Read its README.txt before handing it on."
