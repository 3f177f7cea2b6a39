"""What an account admits is known before anything is changed in it."""

import dataclasses

import pytest

from campaignhub.deployment.account import Account, gateway_logs, problems, warnings
from campaignhub.deployment.plan import Plan

READY = Account("111122223333", 1000, 1000, "arn:aws:iam::111122223333:role/logs", True)


def plan(**ingest):
    return Plan(stack="demo", account="111122223333", region="eu-central-1", ingest=ingest)


def test_an_ordinary_account_is_ready():
    assert problems(plan(), READY, {}) == []
    assert warnings(READY) == []


def test_credentials_of_another_account_deploy_nothing():
    other = dataclasses.replace(READY, number="999999999999")
    assert "the file names 111122223333" in problems(plan(), other, {})[0]


def test_a_reservation_leaves_a_hundred_calls_to_the_others():
    small = dataclasses.replace(READY, concurrency=1000, unreserved=150)
    assert problems(plan(StartConcurrency=50), small, {}) == []
    assert "reserve 51" in problems(plan(StartConcurrency=50, StatusConcurrency=1), small, {})[0]


def test_what_the_stack_has_reserved_is_not_asked_for_a_second_time():
    small = dataclasses.replace(READY, unreserved=100)
    assert problems(plan(StartConcurrency=50), small, {"StartConcurrency": "50"}) == []


def test_a_new_account_deploys_without_a_reservation_and_says_how_far_it_goes():
    new = dataclasses.replace(READY, concurrency=10, unreserved=10, mails_to_anyone=False)
    assert problems(plan(), new, {}) == []
    assert "about 12 entrants a second" in warnings(new)[0]
    assert "sandbox" in warnings(new)[1]


@pytest.mark.parametrize(
    ("role", "asked", "kept", "writes"),
    [
        ("arn", "", "", "account"),
        ("", "", "", "off"),
        ("arn", "off", "", "off"),
        ("arn", "", "take-over", "take-over"),
        ("arn", "account", "take-over", "account"),
        ("", "take-over", "", "take-over"),
    ],
)
def test_the_role_for_logs_is_used_where_there_is_one_and_taken_over_only_when_asked(
    role, asked, kept, writes
):
    account = dataclasses.replace(READY, gateway_role=role)
    before = {"AccessLogs": kept} if kept else {}
    told = plan(AccessLogs=asked) if asked else plan()
    assert gateway_logs(told, account, before) == writes


def test_logs_by_a_role_that_is_not_there_are_refused():
    without = dataclasses.replace(READY, gateway_role="")
    assert "no role for logs" in problems(plan(AccessLogs="account"), without, {})[0]
