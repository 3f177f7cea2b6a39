"""Every refusal has its number, and nothing of the inside leaves."""

import json

import pytest
from aws_lambda_powertools import Logger
from pydantic import BaseModel

from ingest_lambda import errors
from ingest_lambda.contract import StartRequest
from ingest_lambda.http import PROBLEMS, Answer, address_of, body_of, header, origin_of, serve

LOGGER = Logger(service="test")


def ending_with(error: Exception) -> Answer:
    def work() -> BaseModel:
        raise error

    return serve(work, origin="https://win.example.com", logger=LOGGER)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.UnknownCampaign(), 404, "unknown_campaign"),
        (errors.NotOpen(), 409, "not_open"),
        (errors.Paused(), 409, "paused"),
        (errors.ReleaseChanged(), 409, "release_changed"),
        (errors.LinkUsed(), 410, "link_used"),
        (errors.UploadRefused(field="receipt"), 422, "upload_refused"),
        (errors.BadToken(), 401, "bad_token"),
        (errors.TokenExpired(), 401, "token_expired"),
        (errors.BadRequest(), 400, "bad_request"),
        (errors.TryAgain("ThrottlingException"), 503, "busy"),
        (RuntimeError("secret of the inside"), 500, "internal"),
    ],
)
def test_each_error_is_a_problem_document_with_a_stable_code(error, status, code):
    answer = ending_with(error)
    document = json.loads(answer["body"])
    assert (answer["statusCode"], document["status"], document["code"]) == (status, status, code)
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert answer["headers"]["Access-Control-Allow-Origin"] == "https://win.example.com"
    assert "inside" not in answer["body"]
    assert "Throttling" not in answer["body"]


def test_only_a_page_of_an_allowed_origin_may_read_the_answer():
    allowed = "https://win.example.com,https://promo.example.org"

    def told(origin: str | None) -> str:
        return origin_of({"headers": {"origin": origin} if origin else {}}, allowed)

    assert told("https://promo.example.org") == "https://promo.example.org"
    assert told("https://win.example.com") == "https://win.example.com"
    for other in (None, "https://win.example.com.evil.net", "null", allowed, "*"):
        assert told(other) == "https://win.example.com"
    assert origin_of({"headers": {"Origin": "https://any.example"}}, "*") == "*"


def test_a_star_stands_for_one_name_below_a_domain():
    allowed = "https://win.example.com, https://*.d1.amplifyapp.com"
    for asking, is_answered in {
        "https://summer.d1.amplifyapp.com": True,
        "https://win.example.com": True,
        "http://summer.d1.amplifyapp.com": False,
        "https://a.summer.d1.amplifyapp.com": False,
        "https://summer.d1.amplifyapp.com.evil.example": False,
        "https://d1.amplifyapp.com": False,
        "null": False,
    }.items():
        found = origin_of({"headers": {"Origin": asking}}, allowed)
        assert (found == asking) is is_answered


def test_no_refusal_is_without_its_place_in_the_table():
    assert set(PROBLEMS) == set(errors.Refused.__subclasses__())


def test_a_refused_upload_names_its_field():
    answer = ending_with(errors.UploadRefused(field="receipt"))
    assert json.loads(answer["body"])["field"] == "receipt"


def test_who_finds_us_busy_is_told_when_to_come_again():
    assert ending_with(errors.TryAgain("x"))["headers"]["Retry-After"] == "4"


@pytest.mark.parametrize(
    "body", [None, "", "{", "[]", '{"release": 1}', '{"release":1,"locale":"en","colour":"red"}']
)
def test_a_body_that_is_not_of_the_contract_is_not_understood(body):
    with pytest.raises(errors.BadRequest):
        body_of({"body": body}, StartRequest)


def test_headers_are_found_in_any_case():
    assert header({"headers": {"authorization": "Bearer x"}}, "Authorization") == "Bearer x"
    assert header({"headers": None}, "Authorization") is None


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({"CloudFront-Viewer-Address": "203.0.113.7:4711"}, "203.0.113.7"),
        ({"CloudFront-Viewer-Address": "2001:db8::7:4711"}, "2001:db8::7"),
        ({}, "198.51.100.1"),
    ],
)
def test_the_address_is_the_distributions_word_else_the_gateways(headers, address):
    event = {"headers": headers, "requestContext": {"identity": {"sourceIp": "198.51.100.1"}}}
    assert address_of(event, behind_distribution=True) == address
    # Without one, it is a visitor's own word.
    assert address_of(event, behind_distribution=False) == "198.51.100.1"
