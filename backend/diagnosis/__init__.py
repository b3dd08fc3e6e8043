"""Diagnosis: a farmer shows what his crop has, and hears from a named expert.

    request     what somebody asks; a case of the kind `diagnosis` with the same id, which has number, receipt, clocks
    gate        nobody's time is spent on a photo that shows nothing: a better one is asked for first
    routing     which expert: those who are able and there, the least loaded first, each part of the score kept
    offer       a request put before one expert for a while; he claims it, declines it, or it goes on
    pool        what nobody took in time: everybody who is able sees it; then the chief expert has it
    answer      diagnosis, how sure, what else it could be, what to do; a second opinion is blind to the first
    outcome     what became of it, asked after the follow-up date; figures are the farmer's own and marked so
    outbreak    the same diagnosis on the same crop, rising within a radius and a week, in five households or more

The machine sorts and asks for better photos; people diagnose. Read `words.py` first, then `requests.py`.
"""
