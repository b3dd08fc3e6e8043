"""By when something must be done and why: policies, working calendars, clocks, expedite notices.

The room knows no case. A clock has a subject (`subject_room`, `subject_id`), a kind (`response`: until somebody with an
answer reported back, `handling`: until the matter itself is resolved, `loop_1`, …), a unit that is asked for it and a
division. Cases, re-tests, expert answers and fraud warnings all run on these clocks.

- What decides a deadline is frozen on the clock: the policy's version, the calendar's version, the moment it was
  opened. `rules.deadline` computes it and tells every day of it; asked again in ten years it says the same.
- Hours run on the wall, round the clock. A day clock falls due at 23:59:59 in Shandong, the day it was opened not
  counted.
- A suspension stops a clock. A wall clock moves by the span; of a day clock those days do not count at whose end it
  stood still; of a clock in staffed minutes no minute counts in which it stood still.
- A new calendar changes no deadline by itself: it is proposed what would move, and a person applies exactly that.
- An expedite notice (催办) is sent once for each share of the clock, and climbs a ladder until somebody acknowledges
  it.
"""
