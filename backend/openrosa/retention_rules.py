"""What this room forgets and when. The digest of the XML stays: a phone that sends it again is still answered.

A door of a round is told of in few words, and with a digest of them somebody could try them all: its form writes a
`salt` of the phone's own into the XML, which goes with it.
"""

from backend.antifraud import round_ends
from backend.people.retention import rule

round_ends.forget(
    "openrosa.doors",
    statement="""
    UPDATE openrosa_submission
    SET xml_sealed = '', key_sealed = NULL, device_id = NULL, user_agent = NULL, refusal = NULL,
        settled_note = NULL
    WHERE record_id = $1
    """,
)
rule(
    "openrosa.submissions",
    days=731,
    statement="""
    UPDATE openrosa_submission
    SET xml_sealed = '', key_sealed = NULL, device_id = NULL, user_agent = NULL, refusal = NULL,
        settled_note = NULL
    WHERE received_at < $1 AND num_nonnulls(key_sealed, device_id, user_agent, refusal, settled_note) > 0
    """,
)
rule(
    "openrosa.corrections",
    days=731,
    statement="""
    DELETE FROM openrosa_correction c USING openrosa_submission s WHERE s.id = c.submission AND s.received_at < $1
    """,
)
rule(
    "openrosa.file_names",
    days=731,
    statement="""
    DELETE FROM openrosa_submission_file f USING openrosa_submission s
    WHERE s.id = f.submission AND s.received_at < $1
    """,
)
