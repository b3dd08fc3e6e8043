from backend.diagnosis import records
from backend.diagnosis.words import RequestState
from tests.diagnosis.clinic import state_of


async def test_a_farmer_at_the_qr_has_a_number_a_secret_and_a_way_to_send_photos(clinic):
    asked = await clinic.scan()

    assert len(asked.secret) == 6
    assert asked.ticket
    assert asked.request.station.id == clinic.station
    assert asked.request.studio.id == clinic.studio
    assert asked.request.case.title == "玉米：叶子发黄，边上干枯"
    assert await state_of(asked.request.id) is RequestState.ROUTING
    seen = await records.get(request_id=asked.request.id, by=clinic.chief)
    assert seen.crop.eppo_code == "ZEAMX"
