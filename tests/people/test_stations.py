"""Which stations and studios somebody hands things to."""

from backend.people import stations
from tests.cast import Cast
from tests.laboratory.bench import Bench


async def test_his_own_desk_comes_first_then_the_studio_that_serves_his_place(cast: Cast) -> None:
    bench = await Bench.make(cast)
    found = [each.id for each in await stations.list_desks(by=bench.station_technician)]
    assert found == [bench.station, bench.studio]
    assert (await stations.list_desks(by=bench.technician))[0].id == bench.studio


async def test_whoever_walks_a_village_hands_to_what_serves_it_and_to_nobody_elses(cast: Cast) -> None:
    bench = await Bench.make(cast)
    found = {each.id for each in await stations.list_desks(by=cast.cadre)}
    assert found == {bench.station, bench.studio}
    assert {each.id for each in await stations.list_desks(by=bench.outsider)} == {bench.elsewhere}
