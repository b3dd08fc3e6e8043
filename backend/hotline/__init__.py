"""The hotline: no call is lost. Calls and texts, ringing back, other lines, firms, pledges, surveys.

system     an exchange or an SMS gateway that posts here, signed; its posts may come twice, late and in any order
call       in or out, answered or missed; what became of it is a case, or an answer on the spot
callback   somebody is rung: his call was missed, or his matter was resolved (回访); three tries at different hours
transfer   a caller handed warmly to 110 or 12348, and who has him now
slip       a number printed on paper at a stall; typed later, the paper's time stays
pledge     what a unit promised everybody, by a day
wave       a random survey by telephone, drawn by a stored seed; answers belong to nobody

Promises: a missed call rings somebody's phone within seconds; the same post twice is one call; nobody is rung at night
about how it was; answers of a survey cannot be joined to a household.
"""
