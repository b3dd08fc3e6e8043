"""People: who is who, who serves whom, and who may see what.

person      somebody with an account; a phone number signs them in and lies sealed, found by its blind index
unit        a department, studio or station; a station is a unit
role        one of nine words, held in one division (and unit) between two dates
actor       a signed-in person with today's roles: what every verb takes as `by`
household   contact and service needs, nothing about opinions; one cadre serves it at a time (`service`)
consent     a ledger: given and withdrawn, with the hash of the text that was read
device      a phone or browser somebody signed in from; revoked, it is out at its next request
access key  what a client that cannot sign in (ODK Collect) carries in its address
retention   what is forgotten when: rules that every room registers, run daily, each run reported
access log  every read of a sensitive field

Promises: `visible_to(actor)` starts every read; a lock-out tells nobody which phones exist; a stolen refresh token
shuts its whole family; signing out everywhere takes effect at the next request.
"""
