"""A phone of Lianxin, in Python: what to copy when you write one in Kotlin, Swift or TypeScript.

`phone.py` is the whole; read it first, then downwards:

phone        what an app calls
pushing      commands go up, and what each verdict means
pulling      what changed comes down
photos       bytes go up, and go on where they stopped
queue        commands in the order in which they were done
commands     one of them, and where a verdict leaves it
keeping      how long and how much of what has arrived is kept
my_day       tasks in the order of doing them
bans         what may not be sprayed, by what somebody calls it
signing      whose hand a command is from
signing_in   tokens
server       asking, and what may come back
store        the SQLite file that all of it stands on
"""

from lianxin_client import bans
from lianxin_client.commands import NotYoursToPutRight
from lianxin_client.ids import uuid7
from lianxin_client.phone import Phone
from lianxin_client.server import NotNow, Refused, SignInNeeded
from lianxin_client.store import Store

__all__ = ["NotNow", "NotYoursToPutRight", "Phone", "Refused", "SignInNeeded", "Store", "bans", "uuid7"]
