"""Nothing that a phone was told is done is missing, nothing is made up, and everybody ends with the same.

That these promises can be broken, and that it is seen when they are, `test_sabotage` shows.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.conftest import emptied
from tests.sync.simulation import playing
from tests.sync.simulation.agreement import must_agree
from tests.sync.simulation.conftest import Settled
from tests.sync.simulation.people import people_of, six_phones
from tests.sync.simulation.village import Stage, Village

chances = some.integers(0, 2**32 - 1).map(Random)
phones = some.integers(0, 5)


class Life(RuleBasedStateMachine):
    """Whatever happens in a village; at its end, everybody comes home."""

    stage: Stage
    settled: Settled

    def __init__(self) -> None:
        super().__init__()
        self.emptied = emptied()
        self.stage.call(self.emptied.__aenter__())
        cast, office = self.stage.call(self.settled.again())
        self.by, people = cast.supervisor, [*people_of(cast), office.plumber]
        self.stage.folder = Path(tempfile.mkdtemp(dir=self.stage.folder))
        self.village = Village(self.stage, people, six_phones(people), office=office)

    def teardown(self) -> None:
        try:
            must_agree(self.village)
        finally:
            self.village.close()
            self.stage.call(self.emptied.__aexit__(None, None, None))
            shutil.rmtree(self.stage.folder)
            self.stage.folder = self.stage.folder.parent

    @rule(phone=phones, chance=chances)
    def somebody_does_something(self, phone: int, chance: Random) -> None:
        playing.does_something(self.village, self.village.phones[phone], chance)

    @rule(chance=chances)
    def something_happens_at_the_desk(self, chance: Random) -> None:
        playing.something_happens(self.village, self.by, chance)

    @rule(phone=phones, chance=chances)
    def a_phone_syncs(self, phone: int, chance: Random) -> None:
        playing.syncs(self.village, self.village.phones[phone], chance)

    @rule(phone=phones)
    def a_phone_dies(self, phone: int) -> None:
        self.village.phones[phone].die()

    @rule(phone=phones, chance=chances)
    def a_phone_is_backed_up_or_set_back(self, phone: int, chance: Random) -> None:
        playing.is_backed_up_or_set_back(self.village, self.village.phones[phone], chance)

    @rule(phone=phones, chance=chances)
    def a_phone_comes_or_goes(self, phone: int, chance: Random) -> None:
        playing.comes_or_goes(self.village, self.village.phones[phone], chance)

    @rule(chance=chances)
    def everybody_syncs_at_once(self, chance: Random) -> None:
        playing.rush(self.village, self.village.phones, chance)


@pytest.fixture
def life(stage: Stage, settled: Settled) -> type[Life]:
    """The machine, on this session's house."""
    return type("Here", (Life,), {"stage": stage, "settled": settled})


async def test_phones_and_house_agree_in_the_end(life: type[Life]) -> None:
    careful = settings(
        max_examples=4,
        stateful_step_count=40,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    await asyncio.to_thread(run_state_machine_as_test, life, settings=careful)
