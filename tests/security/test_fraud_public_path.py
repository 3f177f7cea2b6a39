"""Fraud at the public path: photos without a hash or with another one, a device that changes its name."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from ingest_lambda.contract import ReasonCode, SubmissionStatus, Suspicion
from tests.ingest_lambda.writing import ONCE_A_RECEIPT, limit
from tests.security.functions import (
    PARTNER_KEY,
    Functions,
    asked,
    deployed,
    photo,
)
from tests.support.receipts import receipt_bytes

BY_DEVICE = limit("device", 2, "day")


@pytest.fixture
def functions(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Functions]:
    with deployed(monkeypatch, **getattr(request, "param", {})) as functions:
        yield functions


def with_manifest(**overrides: Any) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("functions", [overrides], indirect=True, ids=[""])


# ------------------------------------------------------------ hashes


def test_a_page_that_announces_a_photo_without_its_hash_gets_no_form(functions: Functions) -> None:
    status, problem = functions.start(asked(photo(None)))
    assert (status, problem["code"], problem["field"]) == (422, "upload_refused", "receipt")
    assert "checksum" in problem["detail"]
    assert functions.begin(photo())["uploads"]


def test_nor_does_one_that_adds_it_when_its_token_is_renewed(functions: Functions) -> None:
    begun = functions.begin(photo())
    more = photo(None, receipt=2)
    status, problem = functions.start(asked(photo(), more, token=begun["token"]))
    assert (status, problem["code"]) == (422, "upload_refused")


@with_manifest(limits=(ONCE_A_RECEIPT,))
def test_a_partner_may_leave_the_hash_out_and_a_person_looks_before_it_counts(
    functions: Functions,
) -> None:
    begun = functions.begin(photo(None), key=PARTNER_KEY)
    assert functions.submit(begun) == SubmissionStatus.PENDING_REVIEW
    assert functions.stored(begun).suspicions == (Suspicion.HASH_MISSING,)
    assert functions.status(begun)[1]["status"] == "pending_review"


def test_on_the_free_route_a_partner_s_picture_without_a_hash_is_looked_at_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    selfie = {"name": "selfie", "kind": "other_image", "required": False}
    email = {"name": "email", "kind": "email", "meaning": "email"}
    with deployed(monkeypatch, fields=(email, selfie), routes=("free",)) as functions:
        wanted = {**photo(None), "field": "selfie"}
        status, begun = functions.start(asked(wanted, route="free"), key=PARTNER_KEY)
        assert status == 200
        assert functions.submit(begun) == SubmissionStatus.PENDING_REVIEW


@with_manifest(limits=(ONCE_A_RECEIPT,))
def test_nobody_is_told_that_an_entry_counts_before_its_photo_is_the_one_announced(
    functions: Functions,
) -> None:
    file, other = receipt_bytes(1), receipt_bytes(2)
    honest, liar, absent = (
        functions.begin(photo(hashlib.sha256(content).hexdigest(), size=len(content)))
        for content in (file, other, b"never sent")
    )
    for begun in (honest, liar, absent):
        functions.submit(begun)
        assert functions.status(begun)[1]["status"] == "received"
        assert "decide_by" not in functions.status(begun)[1]
    for begun, content in ((honest, file), (liar, receipt_bytes(3))):
        assert functions.look_at(begun["uploads"][0]["fields"]["key"], content) == []
    assert functions.status(honest)[1]["status"] == "approved"
    for begun in (liar, absent):
        assert functions.status(begun)[1]["status"] == "received"
        assert functions.status(begun)[1]["poll_after_seconds"]


def test_a_file_that_is_no_picture_counts_for_nobody(functions: Functions) -> None:
    junk = b"no picture at all"
    begun = functions.begin(photo(hashlib.sha256(junk).hexdigest(), size=len(junk)))
    functions.submit(begun)
    assert functions.look_at(begun["uploads"][0]["fields"]["key"], junk) == []
    assert functions.status(begun)[1]["status"] == "received"


@with_manifest(limits=(ONCE_A_RECEIPT,))
def test_the_guard_of_a_receipt_stays_under_the_hash_that_was_announced(
    functions: Functions,
) -> None:
    first, second = functions.begin(photo()), functions.begin(photo())
    functions.submit(first)
    assert functions.submit(second) == SubmissionStatus.INVALID
    (reason,) = functions.stored(second).reasons
    assert reason.code is ReasonCode.RECEIPT_USED


# ------------------------------------------------------------ devices


@with_manifest(limits=(BY_DEVICE,))
@pytest.mark.parametrize(
    "addresses",
    [
        ["203.0.113.9"] * 4,
        [f"2001:db8:7:7:{n:x}::{n:x}" for n in range(1, 5)],
        ["::ffff:203.0.113.9", "203.0.113.9", "::ffff:cb00:7109", "203.0.113.9"],
    ],
    ids=["one address", "addresses of one home", "an address in two spellings"],
)
def test_a_browser_that_changes_its_name_is_no_new_device(
    functions: Functions, addresses: list[str]
) -> None:
    begun = [
        functions.begin(address=address, browser=f"Robot/{number}")
        for number, address in enumerate(addresses)
    ]
    outcomes = [functions.submit(one) for one in begun]
    assert outcomes == ["approved"] * 2 + ["pending_review"] * 2
    assert functions.stored(begun[3]).suspicions == (Suspicion.DEVICE_LIMIT,)


@with_manifest(limits=(BY_DEVICE,))
def test_a_browser_without_a_name_is_counted_as_well(functions: Functions) -> None:
    begun = [functions.begin(browser="") for _ in range(3)]
    assert [functions.submit(one) for one in begun] == ["approved"] * 2 + ["pending_review"]


@with_manifest(limits=(BY_DEVICE,))
def test_other_networks_are_other_devices_and_nobody_is_refused(functions: Functions) -> None:
    for number in range(4):
        begun = functions.begin(address=f"203.0.113.{number}", browser="The same")
        assert functions.submit(begun) == "approved"
    for _ in range(5):
        assert functions.submit(functions.begin()) in ("approved", "pending_review")


# ------------------------------------------------------------ routes


@pytest.mark.parametrize("route", ["free", "by-pigeon", "", "PURCHASE", "purchase "])
def test_a_route_that_is_not_offered_is_named(functions: Functions, route: str) -> None:
    status, problem = functions.start(asked(route=route))
    assert (status, problem["code"], problem["field"]) == (422, "unknown_route", "route")
    assert "file" not in problem["detail"]


def test_an_older_page_is_told_to_load_again_before_it_hears_of_its_route(
    functions: Functions,
) -> None:
    status, problem = functions.start(asked(route="by-pigeon", release=7))
    assert (status, problem["code"]) == (409, "release_changed")
