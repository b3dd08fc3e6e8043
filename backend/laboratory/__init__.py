"""Laboratory: instruments measure, the server judges by dated limits.

    reading     one row of what an instrument wrote: which sample, which analyte, the value with its comparator, and the
                instrument's own verdict word for word
    judgement   what the dated rules say of a reading, with the rule's version and every reason

A studio's free test is advice, not enforcement. A negative is never proof.
So far: reading files and judging them (`lianxin lab read FILE`); nothing is stored yet.
"""
