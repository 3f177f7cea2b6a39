"""The Content-Security-Policy of answers that bring none of their own."""

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory

from campaignhub.content_policy import HEADER, content_policy


def answer(response: HttpResponse) -> HttpResponse:
    return content_policy(lambda _request: response)(RequestFactory().get("/"))


def directives(policy: str) -> dict[str, str]:
    """Return a policy by directive."""
    parts = (part.strip().partition(" ") for part in policy.split(";"))
    return {name: value for name, _space, value in parts}


def test_a_staff_page_runs_the_sites_own_files_and_nothing_else():
    policy = directives(answer(HttpResponse())[HEADER])

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["base-uri"] == policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == policy["connect-src"] == policy["frame-src"] == "'self'"
    assert not [name for name in policy if name.startswith("script-src-")]


def test_a_page_with_a_policy_of_its_own_keeps_it():
    strict = HttpResponse(headers={HEADER: "default-src 'none'"})
    assert answer(strict)[HEADER] == "default-src 'none'"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "host"),
    [("/admin/login/", "testserver"), ("/nowhere/", "testserver"), ("/", "not-ours.example")],
)
def test_errors_and_refusals_carry_the_policy_too(address: str, host: str):
    assert Browser().get(address, headers={"host": host})[HEADER].startswith("default-src 'none'")
