"""The door for every app that is not Collect: what changed comes down by a cursor, what was done offline goes up.

entity      a kind of record that a phone carries: `households`, `tasks`, `visits` … (`entities.CARRIED`)
view        what one phone of one person holds: for each record a mark of what was sent, kept under the cursor
mark        eight bytes that stand for a record as it was sent; another mark, and it is sent again
change      a line saying that something of an entity changed for a person, written by triggers in the transaction
watermark   the oldest transaction that was still running when somebody looked: changes from it on are looked at again
command     one thing done offline, with the id that the phone gave it; the same command twice is done once
author      who did it, told by the phone at that moment and signed; not whoever holds the phone when it is sent

Promises: what a cursor has been given is complete, whatever was being written meanwhile, because a pull compares what
the phone holds with what is there now and asks the log of changes only where to look; what is not one's own any more is
said, with the reason; a command that was answered is on disk, and one that lost a race is merged or waits for a person.
Read `pulling.py`, then `pushing.py`. Why it is built so: decisions/0020.
"""
