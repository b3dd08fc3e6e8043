"""Visits: every contact with a household, and what was asked for.

contact     visit, call, sms or wechat; only `visit` counts as a visit (Qingzhou: online never replaces face to face)
need        what somebody asked for during a contact: a case, here received, passed on, solved, explained or
            unreasonable (Zhucheng, Liaocheng)
flag        something that looks odd; never a rejection; shown first to the cadre, who may answer it: others see it once
            he has opened or listed the visit or answered, at the latest some days after it was raised (a dated policy)
spot check  a random sample with a stored seed, and what was found
hot spot    visits of one place and topic within a window
campaign    三遍访: enterprises, villages, people

Promises: sent twice, it is there once; a late entry is welcome and marked; the four totals of needs always reconcile.
"""
