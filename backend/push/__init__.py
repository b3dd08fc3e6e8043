"""Reaching somebody: notices, every way to a person, receipts, and whether it was seen.

notice      what is to be said, to whom, how urgently; `dedupe_key` is said once, however often a room says it
recipient   one person, household, citizen or group that it is meant for, and how far it came with him
delivery    one message on one way to one address; its id is what provider and phone know it by, at every try
receipt     a provider's later word; states only go forward, so replays and disorder are harmless
way         addresses of one kind; service and information try one after the other, an emergency all at once
campaign    a notice to an audience: counted, paused, resumed, cancelled

Every room sends through this one, in a line of its own transaction:

    await push.notify(to=person_id, text=push.text("A new task"), category=Category.SERVICE, dedupe_key=f"task {id}")

Promises: nothing goes out before the commit; after SIGKILL nothing is lost and only what was in hand may repeat, under
the same id, and counted; a payload tells nothing about a person; quiet hours and the daily cap hold for all but
emergencies and hold messages back, never lose them; a dead address is not used again.
"""
