"""The Content-Security-Policy of answers that bring none of their own."""

from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory

from campaignhub import aws
from campaignhub.content_policy import HEADER, content_policy
from campaignhub.env import env


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


@pytest.mark.parametrize(
    "endpoint", [None, "http://127.0.0.1:4566", "http://localhost:4566"], ids=str
)
def test_images_come_from_wherever_the_links_to_the_bucket_lead(
    endpoint: str | None, monkeypatch: pytest.MonkeyPatch
):
    for name, value in {
        "aws_endpoint_url": endpoint,
        "aws_region": "eu-west-1",
        "bucket_name": "receipts",
        "aws_access_key_id": "id",
        "aws_secret_access_key": "secret",
    }.items():
        monkeypatch.setattr(env(), name, value)
    aws.s3.cache_clear()
    try:
        link = urlsplit(
            aws.s3().generate_presigned_url(
                "get_object", Params={"Bucket": "receipts", "Key": "receipts/1.webp"}
            )
        )
        images = directives(answer(HttpResponse())[HEADER])["img-src"].split()
    finally:
        aws.s3.cache_clear()
    assert f"{link.scheme}://{link.netloc}" in images
