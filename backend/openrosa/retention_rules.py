"""What this room forgets and when. The digest of the XML stays: a phone that sends it again is still answered."""

from backend.people.retention import rule

rule(
    "openrosa.submissions",
    days=731,
    statement="""
    UPDATE openrosa_submission SET xml_sealed = '', key_sealed = NULL, device_id = NULL, user_agent = NULL
    WHERE received_at < $1 AND (key_sealed IS NOT NULL OR device_id IS NOT NULL OR user_agent IS NOT NULL)
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
