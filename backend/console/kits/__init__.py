"""/console/kits: what phones carry, in which versions, and how an administrator publishes the next.

    listing      every kit with its versions and forms, and what each form still does
    sending      a changed folder or sheet, looked over first, with every mistake at its place; then published
    preview      a form as a phone asks it, question by question, so that people look before they publish
    letter_samples  a letter filled in with invented facts, as a PDF
    labels       words for where versions come from, what forms do, what an answer is

Supervisors read; administrators change. Templates lie in `templates/kits`.
"""
