"""The names of components."""

import doctest

from backend.openapi import naming


def test_the_examples_of_names_hold() -> None:
    assert doctest.testmod(naming).failed == 0


def test_namesakes_of_one_room_are_told_apart_by_their_modules() -> None:
    short = naming.short_names(["push_schemas_NoticeRecord", "push_campaign_schemas_NoticeRecord"])

    assert set(short.values()) == {"PushSchemasNoticeRecord", "PushCampaignSchemasNoticeRecord"}
