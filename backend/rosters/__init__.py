"""Who is on duty where and when, nights too; confirming, swapping, leave with substitution.

unit         a studio, station or department (`people.Unit`); who holds a role in it is its staff
post         what is staffed: the phone, the desk, the leader on duty, the field
duty rule    which hours of a post must be staffed on which weekdays, between two dates, and who said so
publication  one roster: a span of a post with its shifts. It is published whole or not at all
shift        one person at one post: published → confirmed; swapped (a successor `follows` it), missed, cancelled
gap          hours that must be staffed and that nobody holds, known and reasoned, with a task for the supervisor
swap         an offer to a colleague, with or without a shift in return
leave        asked for, decided; its shifts move to substitutes, who are asked to confirm
ladder       reminder, task for the holder, task for the supervisor, missed: dated data
hours        when a station is open, by weekday, on market days by those of market days; for a few days otherwise
grid service who serves a grid or a village, in which office, between two dates
market rule  when a place holds market: lunar or solar digits, weekdays, branch days, dates
market day   computed twelve months ahead → confirmed or called off by the township; never deleted, so that `sequence`
             only grows
stall        at the first market of odd months, or a day at the station in even ones; confirmed, then announced once

Promises, held by the database: nobody is on two shifts at once; a post has one person at a time, unless its rule says
otherwise; no published span has an hour without anybody that nobody decided on. Missed is told, never punished, and may
be put right later.
"""
