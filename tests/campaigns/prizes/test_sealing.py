"""The seal: one text for one list, checked by anyone who has the nonce and the list."""

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.prizes.rules.sealing import (
    SealedMoment,
    canonical_list,
    numbered,
    read_list,
    seal_of,
)

NONCE = bytes(range(32))
times = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)


@given(
    st.lists(
        st.builds(SealedMoment, times, st.sampled_from(["car", "voucher"]), st.integers(1, 99))
    )
)
def test_a_list_is_read_as_it_was_written_in_whatever_order_it_came(
    moments: list[SealedMoment],
) -> None:
    text = canonical_list(moments)
    assert list(read_list(text)) == sorted(moments)
    assert canonical_list(reversed(moments)) == text


def test_the_seal_is_the_hash_of_nonce_and_list() -> None:
    text = canonical_list(numbered("voucher", [datetime(2026, 6, 3, 12, tzinfo=UTC)]))
    assert text == "2026-06-03T12:00:00.000Z voucher 0\n"
    assert seal_of(NONCE, text) == hashlib.sha256(NONCE + text.encode()).hexdigest()


def test_a_short_nonce_is_refused() -> None:
    with pytest.raises(ValueError, match="256 bits"):
        seal_of(b"short", "")
