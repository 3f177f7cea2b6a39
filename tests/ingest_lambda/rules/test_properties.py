"""What must hold for every input: windows, rolling limits, people, answers, manifests."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest_lambda.contract import (
    FieldKind,
    FieldSpec,
    Manifest,
    Reason,
    ReasonCode,
    Route,
    TakenLimit,
    Upload,
    Window,
    WindowKind,
)
from ingest_lambda.functions.write.limits import _place, joined
from ingest_lambda.rules.answers import judge_answers
from ingest_lambda.rules.people import normalise_email, normalise_household, normalise_phone
from ingest_lambda.rules.scopes import receipts_of
from ingest_lambda.rules.windows import (
    is_rolling_full,
    rolling_free_at,
    window_ends_at,
    window_key,
)

ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
)

instants = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2032, 1, 1), timezones=st.just(UTC)
)

calendar = st.sampled_from([Window(kind=WindowKind.DAY), Window(kind=WindowKind.WEEK)])

zones = st.sampled_from(ZONES)


@given(window=calendar, at=instants, zone=zones)
def test_a_window_ends_where_the_next_begins(window, at, zone):
    ends = window_ends_at(window, entered_at=at, timezone=zone)
    assert ends is not None
    assert at < ends

    def key(moment: datetime) -> str:
        return window_key(window, entered_at=moment, timezone=zone)

    assert key(ends - timedelta(milliseconds=1)) == key(at)
    assert key(ends) != key(at)


@given(at=instants, zone=zones)
def test_a_day_is_the_date_on_the_wall_whatever_its_length(at, zone):
    local = at.astimezone(ZoneInfo(zone))
    day = Window(kind=WindowKind.DAY)
    assert window_key(day, entered_at=at, timezone=zone) == local.date().isoformat()
    ends = window_ends_at(day, entered_at=at, timezone=zone)
    assert ends is not None
    assert ends - at <= timedelta(hours=49 if zone == "Pacific/Apia" else 25)


@given(at=instants, zone=zones)
def test_a_week_begins_on_a_monday_also_over_the_new_year(at, zone):
    ends = window_ends_at(Window(kind=WindowKind.WEEK), entered_at=at, timezone=zone)
    assert ends is not None
    assert ends.astimezone(ZoneInfo(zone)).weekday() == 0


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_the_days_on_which_clocks_change_are_shorter_and_longer(day, hours):
    zone = ZoneInfo("Europe/London")
    begins = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    ends = window_ends_at(Window(kind=WindowKind.DAY), entered_at=begins, timezone="Europe/London")
    assert ends == begins + timedelta(hours=hours)


def most_in_any_stretch(times: list[datetime], hours: int) -> int:
    """Count by trying every stretch that begins at a use; the slow and obvious way."""
    length = timedelta(hours=hours)
    return max((sum(b <= t < b + length for t in times) for b in times), default=0)


minutes = st.lists(st.integers(min_value=0, max_value=600), max_size=14)

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)


@given(entered=minutes, hours=st.integers(1, 4), count=st.integers(1, 3), amount=st.integers(1, 4))
def test_no_stretch_ever_holds_more_than_a_rolling_limit_whatever_the_order(
    entered, hours, count, amount
):
    taken: list[datetime] = []
    for minute in entered:
        at = NOON + timedelta(minutes=minute)
        full = is_rolling_full(taken, entered_at=at, hours=hours, count=count, amount=amount)
        # Refused only where it would be too many, and always there.
        assert full is (most_in_any_stretch([*taken, *[at] * amount], hours) > count)
        if not full:
            taken += [at] * amount
    assert most_in_any_stretch(taken, hours) <= count


@given(entered=minutes, hours=st.integers(1, 4), count=st.integers(1, 3), amount=st.integers(1, 3))
def test_at_the_time_that_is_told_there_is_room_and_not_before(entered, hours, count, amount):
    assume(amount <= count)

    def is_full(at: datetime, many: int) -> bool:
        return is_rolling_full(uses, entered_at=at, hours=hours, count=count, amount=many)

    uses: list[datetime] = []
    for minute in sorted(entered):
        at = NOON + timedelta(minutes=minute)
        if not is_full(at, 1):
            uses.append(at)
    now = NOON + timedelta(minutes=max(entered, default=0))
    again = rolling_free_at(uses, entered_at=now, hours=hours, count=count, amount=amount)
    assert not is_full(again, amount)
    if is_full(now, amount):
        assert again > now
        assert is_full(again - timedelta(seconds=1), amount)


places = st.builds(
    TakenLimit,
    limit=st.sampled_from(["store_day", "person_day"]),
    scope_hash=st.sampled_from(["a", "b"]),
    window=st.sampled_from(["2026-06-03", "rolling"]),
    amount=st.integers(1, 4),
)


def total(taken: Sequence[TakenLimit], *, rolling: bool) -> int:
    return sum(one.amount for one in taken if (one.window == "rolling") is rolling)


@given(
    held=st.lists(places, unique_by=_place).map(tuple),
    more=st.lists(places, unique_by=_place).map(tuple),
)
def test_what_is_held_stands_in_one_place_each_and_no_use_is_lost(held, more):
    together = joined(held, more)
    assert len({_place(one) for one in together}) == len(together)
    assert {_place(one) for one in together} == {_place(one) for one in (*held, *more)}
    counted = total(held, rolling=False) + total(more, rolling=False)
    assert total(together, rolling=False) == counted
    # Of a rolling limit the whole was taken anew.
    anew = {_place(one) for one in more}
    kept = [one for one in held if _place(one) not in anew]
    assert total(together, rolling=True) == total([*more, *kept], rolling=True)


@given(shown=st.lists(st.tuples(st.sampled_from(["one", "two", "selfie"]), st.integers(1, 3))))
def test_every_receipt_is_counted_once_however_many_photos_show_it(shown):
    fields = [
        FieldSpec(name="one", kind=FieldKind.RECEIPT_IMAGE),
        FieldSpec(name="two", kind=FieldKind.RECEIPT_IMAGE),
        FieldSpec(name="selfie", kind=FieldKind.OTHER_IMAGE),
    ]
    announced = tuple(
        Upload(field=field, receipt=receipt, part=part, key="k", size=1, content_type="image/png")
        for part, (field, receipt) in enumerate(shown, start=1)
        if part < 100
    )
    receipts = receipts_of(announced, manifest_with(fields))
    assert set(receipts) == {(u.field, u.receipt) for u in announced if u.field != "selfie"}
    photos = [upload for photos in receipts.values() for upload in photos]
    assert len(photos) == sum(upload.field != "selfie" for upload in announced)


locals_ = st.from_regex(r"[a-z0-9]{1,10}", fullmatch=True)


@given(local=locals_, tag=locals_, provider=st.sampled_from(["gmail.com", "googlemail.com"]))
def test_one_mailbox_has_one_spelling(local, tag, provider):
    dotted = ".".join(local)
    written = f" {dotted.upper()}+{tag}@{provider.upper()} "
    assert normalise_email(written) == f"{local}@gmail.com"
    assert normalise_email(normalise_email(written)) == normalise_email(written)


@given(local=locals_, tag=locals_)
def test_at_other_providers_dots_and_tags_tell_people_apart(local, tag):
    assert normalise_email(f"{local}.{tag}@example.com") == f"{local}.{tag}@example.com"
    assert normalise_email(f"{local}+{tag}@example.com") == f"{local}+{tag}@example.com"


@given(number=st.from_regex(r"7[0-9]{9}", fullmatch=True))
def test_one_phone_has_one_spelling(number):
    spellings = (
        f"0{number}",
        f"+44{number}",
        f"0044 {number}",
        f"+44 (0){number}",
        f"0{number[:4]}-{number[4:]}",
    )
    assert {normalise_phone(text, countries=["GB"]) for text in spellings} == {f"+44{number}"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("12 High Street", "SW1A 1AA"), ("12, HIGH ST.", "sw1a1aa")),
        (("Flat 3, 12 Côte Road", "SW1A 1AA"), ("apartment 3 12 cote rd", "SW1A1AA")),
        (("Hauptstraße 5", "10115"), ("Hauptstrasse 5", "10 115")),
        (("Haupt Straße 5", "10115"), ("Hauptstraße 5", "10115")),
    ],
)
def test_one_home_has_one_spelling(one, other):
    assert normalise_household(*one) == normalise_household(*other) != ""


@pytest.mark.parametrize("place", [("12 High Street", ""), ("", "SW1A 1AA"), ("...", "SW1A 1AA")])
def test_without_its_postcode_an_address_is_no_home(place):
    assert normalise_household(*place) == ""


names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)

ASKED = [kind for kind in FieldKind if kind not in (FieldKind.RECEIPT_IMAGE, FieldKind.OTHER_IMAGE)]

fields = st.builds(
    FieldSpec,
    name=names,
    kind=st.sampled_from(ASKED),
    routes=st.sampled_from([(Route.PURCHASE,), (Route.FREE,), (Route.PURCHASE, Route.FREE)]),
    required=st.booleans(),
    min_length=st.none() | st.integers(0, 20),
    max_length=st.none() | st.integers(20, 5000),
    minimum=st.sampled_from([None, "1", "-3.5"]),
    maximum=st.sampled_from([None, "10", "9999"]),
    minimum_age=st.none() | st.integers(1, 120),
    choices=st.lists(st.text(min_size=1, max_size=9), max_size=4, unique=True).map(tuple),
)

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(["2026-02-30", "1990-01-01", "a@b.example", "+447911123456", "SW1A 1AA"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def manifest_with(specs: list[FieldSpec]) -> Manifest:
    return Manifest(
        campaign_id="c1",
        client_id="k1",
        slug="summer",
        release=1,
        timezone="Europe/London",
        languages=("en",),
        countries=("GB",),
        opens_at=NOON,
        closes_at=NOON + timedelta(days=1),
        routes=(Route.PURCHASE, Route.FREE),
        fields=tuple(specs),
        page_sha256="0" * 64,
    )


@given(
    specs=st.lists(fields, min_size=1, max_size=5, unique_by=lambda spec: spec.name),
    values=st.lists(anything, min_size=5, max_size=5),
    route=st.sampled_from(Route),
)
def test_whatever_is_sent_is_judged_and_what_is_kept_was_asked_for(specs, values, route):
    manifest = manifest_with(specs)
    answers: dict[str, Any] = dict(zip((s.name for s in specs), values, strict=False))
    clean, reasons = judge_answers(manifest, answers, {}, route=route, entered_on=date(2026, 6, 3))
    asked = {spec.name for spec in specs if route in spec.routes}
    assert set(clean) <= asked
    assert all(isinstance(reason, Reason) for reason in reasons)
    refused = {reason.field for reason in reasons if reason.field}
    assert not refused & set(clean)
    for spec in specs:
        if spec.name in asked and spec.required and spec.kind is not FieldKind.HIDDEN:
            assert spec.name in clean or spec.name in refused
    # What was good once is good again: a correction starts from what is stored.
    again, more = judge_answers(manifest, clean, {}, route=route, entered_on=date(2026, 6, 3))
    assert again == clean
    assert all(reason.code is ReasonCode.ANSWER_MISSING for reason in more)


@given(specs=st.lists(fields, min_size=1, max_size=5, unique_by=lambda spec: spec.name))
def test_a_manifest_is_read_as_it_was_written(specs):
    manifest = manifest_with(specs)
    assert Manifest.model_validate_json(manifest.model_dump_json()) == manifest
    assert Manifest.model_validate(json.loads(manifest.model_dump_json())) == manifest
