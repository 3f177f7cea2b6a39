"""The Content-Security-Policy of answers that bring none of their own."""

from django.http import HttpResponse
from django.test import RequestFactory

from campaignhub.content_policy import HEADER, content_policy


def answer(response: HttpResponse) -> HttpResponse:
    return content_policy(lambda _request: response)(RequestFactory().get("/"))


def test_a_staff_page_loads_from_here_only():
    policy = answer(HttpResponse())[HEADER]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy


def test_a_page_with_a_policy_of_its_own_keeps_it():
    strict = HttpResponse(headers={HEADER: "default-src 'none'"})
    assert answer(strict)[HEADER] == "default-src 'none'"
