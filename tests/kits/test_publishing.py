"""Publishing: a version never changes, the same again is nothing new, and no earlier version is broken."""

import asyncio
from datetime import UTC, datetime

import pytest

from backend.core import clock, database
from backend.core.settings import settings
from backend.kits import folders_publishing, lists, queries, states
from backend.kits.mappings import Answer, Constant, Refused
from backend.kits.publishing import publish
from backend.kits.refusals import KitWrong, VersionTaken
from backend.kits.words import FormState, KitOrigin, PublishOutcome
from tests.kits.small_kit import CARD, KIT_TOML, SHEET, checked, write

JUNE, NOVEMBER = datetime(2026, 6, 10, 4, tzinfo=UTC), datetime(2026, 11, 22, 4, tzinfo=UTC)
NEXT, LATER = "2026112202", "2026120101"


def raised(version=NEXT):
    return KIT_TOML.replace('version = "2026112201"', f'version = "{version}"')


async def sent(folder, cast, **instead):
    return await publish(checked=checked(write(folder, **instead)), origin=KitOrigin.SENT, by=cast.admin)


async def offered(by):
    return [(form.form_id, form.version) for form in await lists.forms_for(by) if form.kit_id == "orchard"]


async def test_a_kit_is_published_once_and_its_forms_are_offered_to_those_who_carry_it(tmp_path, orchard):
    assert (await sent(tmp_path, orchard)).outcome is PublishOutcome.STORED
    assert (await sent(tmp_path, orchard)).outcome is PublishOutcome.DUPLICATE

    assert await offered(orchard.cadre) == [("orchard", "2026112201")]
    assert await offered(orchard.expert) == [("orchard", "2026112201")]
    assert await offered(orchard.assistant) == []  # another role
    assert await offered(orchard.stranger) == []  # a cadre, and of another county


async def test_what_its_answers_become_is_kept_with_the_form(tmp_path, orchard):
    await sent(tmp_path, orchard)

    form = await lists.form_version("orchard", "2026112201")

    assert (form.mapping.verb, form.mapping.refused) == ("recordVisit", Refused.KEEP)
    assert form.mapping.arguments["channel"] == Constant("visit")
    assert form.mapping.arguments["household_code"] == Answer("seen/card")
    assert b"seen" in form.xml
    assert await lists.form_version("orchard", "2020010101") is None


async def test_other_content_under_the_same_version_is_refused(tmp_path, orchard):
    await sent(tmp_path, orchard)

    with pytest.raises(VersionTaken) as refused:
        await sent(tmp_path, orchard, **{"cards/ring_rot.md": CARD + "新"})

    assert refused.value.facts == {"kit": "orchard", "version": "2026112201"}


async def test_changed_questions_under_the_same_form_version_are_refused(tmp_path, orchard):
    await sent(tmp_path, orchard)

    with pytest.raises(VersionTaken) as refused:
        await sent(tmp_path, orchard, **{"kit.toml": raised(), "forms/orchard.md": SHEET.replace("看到", "所见")})

    assert refused.value.facts == {"form": "orchard", "version": "2026112201"}
    assert await queries.version_of("orchard", NEXT) is None


async def test_an_older_version_than_phones_have_is_refused(tmp_path, orchard):
    await sent(tmp_path, orchard, **{"kit.toml": raised(LATER)})

    with pytest.raises(VersionTaken):
        await sent(tmp_path, orchard, **{"kit.toml": raised(NEXT)})


async def test_a_kit_with_mistakes_is_refused_with_all_of_them(tmp_path, orchard):
    toml = KIT_TOML.replace('"seen/at"', '"seen/now"').replace('"scene"', '"sunset"')

    with pytest.raises(KitWrong) as refused:
        await sent(tmp_path, orchard, **{"kit.toml": toml})

    assert [error.pointer for error in refused.value.errors] == ["orchard/kit.toml:15", "orchard/kit.toml:18"]
    assert await queries.version_of("orchard", "2026112201") is None


async def test_another_kit_cannot_take_a_form_s_name(published, tmp_path, orchard):
    toml, sheet = KIT_TOML.replace("[forms.orchard", "[forms.visit"), SHEET.replace("| orchard |", "| visit |")

    with pytest.raises(VersionTaken) as refused:
        await sent(tmp_path, orchard, **{"kit.toml": toml, "forms/orchard.md": sheet})

    assert refused.value.facts == {"other": "visit", "form": "visit"}


async def test_a_new_version_is_offered_and_what_phones_hold_of_the_old_one_is_still_known(tmp_path, orchard):
    await sent(tmp_path, orchard)
    newer = SHEET.replace("2026112201", NEXT).replace("看到", "所见")
    await sent(tmp_path, orchard, **{"kit.toml": raised(), "forms/orchard.md": newer})

    assert await offered(orchard.cadre) == [("orchard", NEXT)]
    old = await lists.form_version("orchard", "2026112201")
    assert (old.state, old.xml.decode().count("看到")) == (FormState.OPEN, 1)
    assert lists.may_send(old, orchard.cadre)
    assert not lists.may_send(old, orchard.assistant)


async def test_a_later_version_mends_what_an_unchanged_form_becomes(tmp_path, orchard):
    await sent(tmp_path, orchard)
    before = await lists.form_version("orchard", "2026112201")

    await sent(tmp_path, orchard, **{"kit.toml": raised().replace('value = "visit"', 'value = "call"')})

    after = await lists.form_version("orchard", "2026112201")
    assert (after.id, after.md5, after.xml) == (before.id, before.md5, before.xml)
    assert after.mapping.arguments["channel"] == Constant("call")


async def test_a_withdrawn_version_gives_the_one_before_back(tmp_path, orchard):
    await sent(tmp_path, orchard)
    newer = SHEET.replace("2026112201", NEXT)
    await sent(tmp_path, orchard, **{"kit.toml": raised(), "forms/orchard.md": newer})

    await states.withdraw_kit(kit_id="orchard", version=NEXT, by=orchard.admin)
    assert await offered(orchard.cadre) == [("orchard", "2026112201")]

    await states.withdraw_kit(kit_id="orchard", version="2026112201", by=orchard.admin)
    assert await offered(orchard.cadre) == []
    assert (await lists.form_version("orchard", NEXT)).state is FormState.OPEN


async def test_a_withdrawn_version_does_not_come_back_by_being_sent_again(tmp_path, orchard):
    await sent(tmp_path, orchard)
    await states.withdraw_kit(kit_id="orchard", version="2026112201", by=orchard.admin)

    with pytest.raises(VersionTaken):
        await sent(tmp_path, orchard)


async def test_a_form_that_closes_is_offered_no_more_and_says_so_at_once(tmp_path, orchard):
    await sent(tmp_path, orchard)
    for state in (FormState.CLOSING, FormState.CLOSED):
        await states.set_form_state(form_id="orchard", version="2026112201", state=state, by=orchard.admin)
        assert await offered(orchard.cadre) == []
        assert (await lists.form_version("orchard", "2026112201")).state is state

    await states.set_form_state(form_id="orchard", version="2026112201", state=FormState.OPEN, by=orchard.admin)
    assert await offered(orchard.cadre) == [("orchard", "2026112201")]


async def test_a_kit_is_offered_in_its_months_only(tmp_path, orchard):
    await sent(tmp_path, orchard, **{"kit.toml": KIT_TOML.replace('divisions = ["3715"]', "months = [6, 7]")})

    with clock.stopped(JUNE):
        assert await offered(orchard.cadre) == [("orchard", "2026112201")]
    with clock.stopped(NOVEMBER):
        assert await offered(orchard.cadre) == []


async def test_the_files_that_a_form_shows_come_with_it(tmp_path, orchard):
    shown = SHEET.replace("| label    |", "| label | image |", 1).replace("| 时间     |", "| 时间 | apple.png |")
    await sent(tmp_path, orchard, **{"forms/orchard.md": shown})

    [form] = [form for form in await lists.forms_for(orchard.cadre) if form.kit_id == "orchard"]
    [media] = await lists.media_for(form)

    assert (media.name, await lists.content_of(media.sha256)) == ("apple.png", b"not looked into")


async def test_published_by_several_nodes_at_once_it_is_there_once(tmp_path, orchard):
    looked = checked(write(tmp_path))

    done = await asyncio.gather(*(publish(checked=looked, origin=KitOrigin.SHIPPED) for _ in range(4)))

    assert sorted(each.outcome for each in done) == ["duplicate"] * 3 + ["stored"]


async def test_what_we_ship_is_published_at_start_and_the_second_start_asks_one_question(published, monkeypatch):
    asked = []
    fetch = database.fetch

    async def counted(sql, *values):
        asked.append(sql)
        return await fetch(sql, *values)

    monkeypatch.setattr(queries, "fetch", counted)
    assert await folders_publishing.publish_folders() == []
    assert len(asked) == 1


async def test_a_county_s_folder_lies_over_ours_file_by_file(published, tmp_path, orchard, monkeypatch):
    write(tmp_path)
    over = tmp_path / "visit"
    over.mkdir()
    (over / "kit.toml").write_text('id = "visit"\nversion = "oops"\n', encoding="utf-8")
    monkeypatch.setenv("KITS_DIR", str(tmp_path))
    settings.cache_clear()
    try:
        wrong = await folders_publishing.publish_folders()
        told = await folders_publishing.unpublished_folders()
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    assert [each.kit_id for each in wrong] == ["visit"]
    assert told == wrong
    assert any("visit/kit.toml:2" in why for why in wrong[0].why)
    row = await queries.version_of("orchard", "2026112201")
    assert KitOrigin(row["origin"]) is KitOrigin.COUNTY
    assert "visit" in {kit.kit_id for kit in await lists.kits_for(orchard.cadre)}  # the version before goes on
