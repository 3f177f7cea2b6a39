"""What must hold for every token: it says what was signed, and nothing else is one."""

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest_lambda.adapters.tokens import sign, verify
from ingest_lambda.contract import Channel, Mode, Purpose, Route, TokenPayload, Upload
from ingest_lambda.errors import BadToken

KEYS = "new:" + "ab" * 32 + ",old:" + "cd" * 32

instants = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2032, 1, 1), timezones=st.just(UTC)
)

uploads = st.builds(
    Upload,
    field=st.just("receipt"),
    receipt=st.integers(1, 10),
    part=st.integers(1, 99),
    key=st.text(min_size=1, max_size=40),
    size=st.integers(1, 15_000_000),
    content_type=st.sampled_from(["image/jpeg", "application/pdf"]),
    sha256=st.none() | st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    processed=st.booleans(),
)

whole_milliseconds = instants.map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))

payload = st.builds(
    TokenPayload,
    submission_id=st.uuids(),
    attempt=st.integers(1, 20),
    slug=st.from_regex(r"[a-z0-9]{1,20}(-[a-z0-9]{1,9})?", fullmatch=True),
    campaign_id=st.text(max_size=40),
    release=st.integers(1, 10_000),
    route=st.sampled_from(Route),
    locale=st.sampled_from(["en", "pt-BR"]),
    channel=st.sampled_from(Channel),
    mode=st.sampled_from(Mode),
    source=st.none() | st.text(max_size=60),
    partner=st.none() | st.text(max_size=60),
    address_hash=st.none() | st.text(max_size=64),
    device_hash=st.none() | st.text(max_size=64),
    network_hash=st.none() | st.text(max_size=64),
    challenge=st.sampled_from([None, "passed", "failed", "unreachable"]),
    uploads=st.lists(uploads, max_size=3).map(tuple),
    issued_at=whole_milliseconds,
    expires_at=whole_milliseconds,
    purpose=st.sampled_from(Purpose),
    epoch=st.integers(1, 9),
)


@given(told=payload)
def test_a_token_says_what_was_signed(told):
    assert verify(sign(told, token_keys=KEYS), token_keys=KEYS) == told


@given(told=payload, place=st.integers(min_value=0), letter=st.sampled_from("Aa0-_."))
def test_a_token_altered_in_one_place_is_never_ours(told, place, letter):
    token = sign(told, token_keys=KEYS)
    place %= len(token)
    altered = token[:place] + letter + token[place + 1 :]
    # The last letter of base 64 has bits that say nothing.
    assume(altered != token)
    assume(place != len(token) - 1)
    with pytest.raises(BadToken):
        verify(altered, token_keys=KEYS)


@given(told=payload)
def test_keys_may_change_without_a_break_until_the_old_one_goes(told):
    old = sign(told, token_keys="old:" + "cd" * 32)
    assert verify(old, token_keys=KEYS) == told
    with pytest.raises(BadToken):
        verify(old, token_keys="new:" + "ab" * 32)


@given(text=st.text(max_size=200))
def test_any_text_is_a_token_or_refused_and_nothing_else(text):
    with pytest.raises(BadToken):
        verify(text, token_keys=KEYS)
