"""A village with its phones, a bad line and a server that dies: at the end everybody agrees and nothing is missing.

weather     what may happen to a request: lost, its answer lost, delivered twice, once more much later, its server dead
dying       a phone that dies at any statement it writes and any request it sends, or whose disk is full
handset     one phone: its clock may be days off, and one day it is set back to what was kept of it
village     people, phones, what each did and what each was told
office      to whom they hand up
deeds       what somebody does on his phone; `work`: about needs, cases, sick crops, bags, warnings
desk        what others do meanwhile; `changes`: with people, their roles and households
agreement   what must be so on the phones when everybody has come home
wholeness   what must be so in the house: `traces` of each deed, whose and of when; nothing twice, nothing made up

The phones are `lianxin_client`, the house is the whole one with a real PostgreSQL. Chance comes from one seed:
`large` plays hundreds of phones with it; `test_simulation` a few, and hypothesis looks for a way to break it.
"""

import sys
from pathlib import Path

CLIENT = Path(__file__).parents[3] / "mobile_api_spec" / "client"
if str(CLIENT) not in sys.path:  # pytest has it from pyproject.toml; `python -m tests.benchmarks` has not
    sys.path.append(str(CLIENT))
