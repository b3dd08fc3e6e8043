"""What this room forgets and when."""

from backend.people.retention import rule

rule(
    "media.points",
    days=90,
    statement="""
    UPDATE media_photo SET longitude = NULL, latitude = NULL, crs = NULL, original_longitude = NULL,
        original_latitude = NULL, accuracy_m = NULL, fixed_at = NULL, provider = NULL, mock = NULL
    WHERE received_at < $1 AND longitude IS NOT NULL
    """,
)
