"""What a second sending of a command must equal, though the server was brought up to date between the two."""

from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest
from msgspec import Struct

from backend.core import creates
from backend.core.cipher import blind_index
from backend.sync import digests
from backend.sync.push_refusals import CommandMalformed
from tests.former_digests import kept_formerly
from tests.sync.batches import push, visit

CADRE = UUID(int=1)
PHOTO = "01890a5d-ac96-774b-bcce-b302099a8057"


class Told(Struct):
    words: str = ""
    photo_ids: list[str] = []


class ToldMore(Struct):
    words: str = ""
    photo_ids: list[str] = []
    place: str | None = None


def digest(arguments, author_id=CADRE, verb="tell"):
    return digests.digest(verb=verb, author_id=author_id, arguments=arguments)


def test_a_command_that_takes_an_optional_field_more_is_the_same_command():
    assert digest(Told("a", [PHOTO])) == digest(ToldMore("a", [PHOTO]))
    assert digest(Told()) == digest(ToldMore()) != digest(ToldMore(place="b"))


def test_another_verb_another_author_or_other_words_are_another_command():
    others = [digest(Told("a")), digest(Told("b")), digest(Told("a"), UUID(int=2)), digest(Told("a"), verb="say")]

    assert len(set(others)) == 4


def test_what_the_ledger_keeps_is_keyed():
    assert digest(Told("a")) != creates.digest(["tell", CADRE, Told("a")])


def test_what_the_ledger_kept_before_is_what_it_keeps_now():
    """So no line of it has to be looked at twice; but see the next."""
    said = {"words": "a", "photo_ids": [PHOTO]}
    formerly = blind_index(creates.former_digest(["tell", CADRE, said]).hex(), column="sync_command.digest")

    assert digest(Told("a ", [PHOTO])) == formerly


def test_text_of_blanks_alone_was_kept_and_is_known_still():
    formerly = blind_index(creates.former_digest(["tell", CADRE, {"words": " "}]).hex(), column="sync_command.digest")

    assert digest(Told(" ")) == digest(Told()) != formerly
    assert digests.fits_formerly(formerly, verb="tell", author_id=CADRE, arguments=Told(" "))
    assert not digests.fits_formerly(formerly, verb="tell", author_id=CADRE, arguments=Told("b"))


def test_a_moment_that_cannot_be_told_is_refused():
    with pytest.raises(CommandMalformed):
        digest(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8))))


async def test_a_visit_whose_photos_wait_under_the_former_digest_may_be_sent_again(cast):
    contact = visit(photos=[{"photo_id": PHOTO}])
    with kept_formerly():
        await push(cast.cadre, contact)

    [again] = (await push(cast.cadre, contact)).rows

    assert (again.outcome, again.problem, [str(id) for id in again.waiting_for]) == ("duplicate", None, [PHOTO])
