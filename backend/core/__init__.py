"""Ground floor: what every room stands on and that knows no room.

clock · ids · settings · database · migrations · refusals · problems · words · paging · creates · cipher · privacy
jobs · storage · logs · metrics · health
"""
