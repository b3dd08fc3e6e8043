"""The numbers that the guide tells, as this installation has them: settings, limits and today's policies."""

from datetime import timedelta

from backend.antifraud import warning_post_routes
from backend.core import clock, paging, post_signatures
from backend.core.settings import settings
from backend.hotline import line_routes, text_routes
from backend.laboratory import import_forms
from backend.open311.policies import open311_policy
from backend.openrosa import instances
from backend.people.policies import sign_in_policy
from backend.push import streaming
from backend.push.policies import push_policy
from backend.sync import push_routes, push_schemas
from backend.sync.policies import sync_policy
from backend.visits import batch, body, rules


def facts() -> dict[str, str]:
    """What `{{ name }}` stands for in the Markdown, as text."""
    return {name: str(value) for name, value in (_chosen() | _built_in() | _policies() | _of_sync()).items()}


def _chosen() -> dict[str, object]:
    """What a deployment may choose."""
    of = settings()
    return {
        "access_token_minutes": of.access_token_minutes,
        "refresh_token_days": of.refresh_token_days,
        "request_max": size(of.request_max_bytes),
        "batch_max": size(of.batch_max_bytes),
        "photo_max": size(of.photo_max_bytes),
        "photo_max_pixels": f"{of.photo_max_pixels // 1_000_000} million",
        "voice_max": size(of.voice_max_bytes),
        "document_max": size(of.document_max_bytes),
        "upload_hours": of.upload_hours,
        "open_uploads": of.open_uploads,
        "station_upload_max": size(of.station_upload_max_bytes),
        "station_upload_hours": of.station_upload_hours,
        "station_open_uploads": of.station_open_uploads,
        "openrosa_accept": size(of.openrosa_accept_bytes),
        "openrosa_max": size(of.openrosa_max_bytes),
    }


def _built_in() -> dict[str, object]:
    """What is the same everywhere."""
    return {
        "batch_rows": f"{batch.LONGEST:,}",
        "visit_max": size(body.ROW_MAX_BYTES),
        "typed_in_within_days": rules.TYPED_IN_WITHIN.days,
        "page_default": paging.DEFAULT_LIMIT,
        "page_max": f"{paging.MAX_LIMIT:,}",
        "stream_minutes": f"{streaming.LASTS_S / 60:g}",
        "stream_heartbeat_s": f"{streaming.HEARTBEAT_S:g}",
        "stream_every_s": f"{streaming.EVERY_S:g}",
        "post_within_minutes": minutes(post_signatures.WITHIN),
        "call_post_max": size(line_routes.MAX_POST_BYTES),
        "text_post_max": size(text_routes.MAX_POST_BYTES),
        "warning_post_max": size(warning_post_routes.MAX_POST_BYTES),
        "instrument_file_max": size(import_forms.MAX_FILE_BYTES),
        "openrosa_xml_max": size(instances.MOST_XML_BYTES),
    }


def _policies() -> dict[str, object]:
    """What is in force today."""
    today = clock.today()
    signing, pushing, partners = sign_in_policy(today), push_policy(today), open311_policy(today)
    return {
        "wrong_passwords": signing.failures_before_lock,
        "first_lock_minutes": minutes(signing.first_lock),
        "refresh_grace_s": f"{signing.refresh_grace.total_seconds():g}",
        "link_hours": f"{signing.link_valid_for / timedelta(hours=1):g}",
        "quiet_from": f"{pushing.quiet_from:%H:%M}",
        "quiet_to": f"{pushing.quiet_to:%H:%M}",
        "daily_cap": pushing.daily_cap,
        "token_days": pushing.token_days,
        "webhook_tries": len(partners.waits) + 1,
        "webhook_hours": round(sum(partners.waits, timedelta()) / timedelta(hours=1)),
        "open311_days": partners.widest_span.days,
        "open311_requests": f"{partners.most_requests:,}",
        "open311_posts": partners.posts_per_key.at_once,
        "open311_posts_minutes": minutes(partners.posts_per_key.per),
    }


def _of_sync() -> dict[str, object]:
    """What a phone carries, and how much it sends at once."""
    of = sync_policy(clock.today())
    return {
        "sync_batch": f"{push_schemas.LONGEST_BATCH:,}",
        "sync_batch_max": size(push_routes.MOST_BYTES),
        "sync_page": of.page_records,
        "sync_most": f"{of.most_records:,}",
        "sync_visits_days": of.visits_for.days,
        "sync_closed_days": of.closed_for.days,
        "sync_shifts_days": of.shifts_for.days,
        "sync_away_days": of.views_for.days,
        "sync_waiting_days": of.waiting_for.days,
        "sync_skew_minutes": minutes(of.skew_told_from),
    }


def size(count_bytes: int) -> str:
    """
    >>> size(20_000_000), size(16_000), size(4 << 20)
    ('20 MB', '16 kB', '4.19 MB')
    """
    return f"{count_bytes / 1_000_000:.3g} MB" if count_bytes >= 1_000_000 else f"{count_bytes / 1000:.3g} kB"


def minutes(span: timedelta) -> str:
    """
    >>> minutes(timedelta(minutes=5))
    '5'
    """
    return f"{span / timedelta(minutes=1):g}"
