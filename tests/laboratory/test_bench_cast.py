"""What tests begin from is what the room's own reads see."""

from backend.laboratory import visibility
from tests.laboratory.bench import Bench


async def test_the_technicians_of_the_bench_see_what_their_desk_tests_and_an_outsider_does_not(bench: Bench) -> None:
    sample = await bench.sample()
    held = await bench.held(unit=bench.station)
    instrument = await bench.instrument()
    await bench.result(sample, instrument=instrument, verdict="positive")

    for who in (bench.technician, bench.expert, bench.second):
        assert await visibility.sees(await visibility.reader(who), sample), who.name
        assert await visibility.sees(await visibility.reader(who), held), who.name
    assert await visibility.sees(await visibility.reader(bench.station_technician), held)
    assert not await visibility.sees(await visibility.reader(bench.station_technician), sample)
    assert not await visibility.sees(await visibility.reader(bench.outsider), sample)
