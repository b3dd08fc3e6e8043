"""By when something must be done and why: policies, working calendars, clocks, expedite notices."""
