import pytest

from backend.core import cipher

PHONE = "people_person.phone_sealed"


def test_a_sealed_text_comes_back_and_does_not_lie_readable():
    sealed = cipher.seal("13800000000", column=PHONE)

    assert b"13800000000" not in sealed
    assert cipher.unseal(sealed, column=PHONE) == "13800000000"


def test_the_same_text_is_sealed_differently_each_time():
    assert cipher.seal("张三", column=PHONE) != cipher.seal("张三", column=PHONE)


def test_a_sealed_text_moved_to_another_column_does_not_open():
    sealed = cipher.seal("13800000000", column=PHONE)

    with pytest.raises(cipher.SealBroken):
        cipher.unseal(sealed, column="people_household.contact_phone_sealed")


@pytest.mark.parametrize("position", [0, 12, -1])
def test_one_altered_bit_anywhere_breaks_the_seal(position):
    sealed = bytearray(cipher.seal("13800000000", column=PHONE))
    sealed[position] ^= 1

    with pytest.raises(cipher.SealBroken):
        cipher.unseal(bytes(sealed), column=PHONE)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_a_value_cut_short_is_a_broken_seal_not_a_crash(length):
    with pytest.raises(cipher.SealBroken):
        cipher.unseal(cipher.seal("13800000000", column=PHONE)[:length], column=PHONE)


def test_a_key_of_its_own_opens_its_bytes_and_nothing_opens_them_without_it():
    key, kept = cipher.new_key(purpose="openrosa_submission")
    sealed = cipher.seal_bytes(b"<data/>", key=key, purpose="openrosa_submission")

    assert (
        cipher.unseal_bytes(
            sealed, key=cipher.open_key(kept, purpose="openrosa_submission"), purpose="openrosa_submission"
        )
        == b"<data/>"
    )
    other, _ = cipher.new_key(purpose="openrosa_submission")
    with pytest.raises(cipher.SealBroken):
        cipher.unseal_bytes(sealed, key=other, purpose="openrosa_submission")


def test_a_blind_index_finds_the_same_value_of_the_same_column_only():
    index = cipher.blind_index("13800000000", column=PHONE)

    assert index == cipher.blind_index("13800000000", column=PHONE)
    assert len(index) == 32
    assert index != cipher.blind_index("13800000001", column=PHONE)
    assert index != cipher.blind_index("13800000000", column="people_household.contact_phone_index")
