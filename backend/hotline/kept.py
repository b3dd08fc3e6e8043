"""How long what the hotline writes is kept, and what for."""

ANSWER = "answering who rang, and ringing back who was missed"
MONTHS_6 = "6 months after the call"
MONTHS_6_DAYS = 184
MONTHS_24 = "24 months after it is closed"
MONTHS_24_DAYS = 731
