"""Ids that the phone makes itself."""

import os
import time
import uuid


def uuid7() -> str:
    """48 bits of milliseconds, then chance (RFC 9562): ids made later sort later."""
    moment = (time.time_ns() // 1_000_000) << 80
    chance = int.from_bytes(os.urandom(10), "big")
    number = (moment | chance) & ~(0xF << 76) | (7 << 76)
    return str(uuid.UUID(int=number & ~(0x3 << 62) | (2 << 62)))
