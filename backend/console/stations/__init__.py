"""/console/stations: where citizens come, when the doors are open, who serves whom, and when the place holds market.

    routes        the addresses
    listing       all stations around one's own places, with their day
    station       one of them: its week, its people, its codes, its market
    hours         the week and the days that are otherwise, as a form sends them
    serving       who serves which grid, from when to when
    codes         its QR codes and the poster for a sick crop
    wall          the sheet for the wall: hours, offices, market days, the QR, where to complain
    markets       the market days of a township, to look at and to confirm
    market_rules  what a market goes by, tried out before it is set
    stalls        deputies at the market and at the station: the days, who goes, what was announced (`stall_rules`)
    everybody     /markets, which market is when, without a sign-in

`near` finds the townships somebody chooses from, `words` says hours and rules as people do, `months` draws months,
`clock_typed` reads hours as people type them.
"""
