"""Addresses, queries and forms that nobody's page makes: each gets an answer, none an error page of ours."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client as Browser
from django.urls import reverse

from campaignhub.env import env
from campaigns.accounts.models import Client
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from submissions.mirror.models import Submission
from tests.campaigns.admin_pages import campaign_data
from tests.security.access import Address, every_address
from tests.security.two_clients import MARK, Side, make_operator, make_side, signed_in
from tests.support.simulated_aws import simulated_aws

pytestmark = pytest.mark.django_db

PLAIN = {200, 204, 301, 302, 400, 404, 405, 409, 422}
PROBES = {"/healthz", "/readyz"}
"""They answer before anything reads what was asked."""
PARTS = (
    "abc",
    "0",
    "-1",
    "007",
    "9" * 19,
    "9" * 5000,
    "%00",
    "%ff%fe",
    "%ed%a0%80",
    "a%0Ab",
    "..%2f..%2fetc%2fpasswd",
    "null",
    "<b>",
    "00000000-0000-0000-0000-000000000000",
    "{00000000-0000-4000-8000-000000000000}",
    "x" * 3000,
)
VALUES = (
    "",
    "abc",
    "-1",
    "9" * 19,
    "9" * 5000,
    "1.2.-3.x",
    "a\x00b",
    "'\"%_[]{}\U0010ffff",
    "00000000-0000-4000-8000-000000000000",
    "99999999999999999999.00000000-0000-4000-8000-000000000000",
    "253402300800000000.00000000-0000-4000-8000-000000000000",
    "-62135596800000001.1",
)
FILTERS = (
    *("q", "o", "p", "e", "all", "about"),
    *("client__id__exact", "actor__id__exact", "role__exact", "state__exact", "kind__exact"),
)
QUERY = (
    *("before", "campaign", "status", "test", "photo", "conflict", "not", "part", "q", "s"),
    *("state", "kind", "language", "reason", "extended", *FILTERS),
    *("_popup", "_to_field", "_changelist_filters", "next", "id", "pk__gt", "value_hash"),
)
FORM = (
    *("verdict", "note", "decision_no", "reason", "found-BEFORE_PURCHASE_WINDOW", "act", "id"),
    *("typed", "client", "role", "email", "given_name", "kind", "value", "country", "name"),
    *("rate_per_second", "quota_per_day", "confirmed", "q", "before", "status", "campaign"),
    *("languages", "slug", "opens_at", "closes_at", "timezone", "countries", "accepted"),
    *("form_fields-TOTAL_FORMS", "form_fields-INITIAL_FORMS", "form_fields-0-id", "pipe"),
    *("form_fields-0-kind", "limits-TOTAL_FORMS", "limits-0-count", "brand_colour", "radius"),
    *("_continue", "_popup", "action", "_selected_action", "index", "language", "message"),
)


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(env(), "site_root", tmp_path / "site")
    with simulated_aws(monkeypatch):
        yield


@pytest.fixture
def side() -> Side:
    """A client with one of everything."""
    return make_side(MARK)


@pytest.fixture
def browsers(side: Side) -> list[Browser]:
    """Who sees the most: an operator and an owner. An error would be raised here."""
    return [signed_in(make_operator()), side.browser(Role.OWNER)]


ADMIN = [one for one in every_address() if one.route.startswith("admin/")]
PUBLIC = [one for one in every_address() if not one.route.startswith("admin/")]


def with_part(address: Address, side: Side, part: str, value: str) -> str:
    """Return an address with one of its parts replaced, spelled as it stands in a request."""
    known = {name: quote(str(text)) for name, text in address.values(side).items()}
    route = address.route.replace("^", "").rstrip("$")
    for name, text in {**known, part: value}.items():
        # In an expression a backslash has a meaning; in our values none is alone.
        route = re.sub(rf"<(\w+:)?{name}>|\(\?P<{name}>[^)]*\)", text.replace("\\", ""), route)
    return f"/{route}"


@pytest.mark.parametrize("addresses", [ADMIN, PUBLIC], ids=["admin", "public"])
def test_a_part_that_names_nothing_is_not_there(
    addresses: list[Address], side: Side, browsers: list[Browser]
) -> None:
    for address, value, browser in product(addresses, PARTS, browsers[:1]):
        for part in address.parts:
            path = with_part(address, side, part, value)
            for answer in (browser.get(path), browser.post(path, {"act": "replay"})):
                fine = {400, 404, 405, 301}
                assert answer.status_code in fine, path


@pytest.mark.parametrize(
    "path",
    [
        "autocomplete/",
        "autocomplete/?app_label=x&model_name=y&field_name=z",
        "campaigns/campaign/abc/publish/",
        "campaigns/campaign/abc/history/",
        "campaigns/campaign/abc/clone/",
        "submissions/submission/abc/history/",
        "submissions/submission/abc/change/",
        "mail/mail/abc/history/",
        "r/abc/abc/",
    ],
)
def test_what_answered_with_an_error_page_is_not_there(path: str, browsers: list[Browser]) -> None:
    for browser in browsers:
        assert browser.get(f"/admin/{path}").status_code == 404


def test_no_value_of_a_query_breaks_a_page(side: Side, browsers: list[Browser]) -> None:
    operator = browsers[0]
    for address in ADMIN:
        path = address.filled(side)
        together: list[tuple[str, ...]] = [QUERY]
        if address.name.endswith("_changelist"):
            known = [name for name in FILTERS if operator.get(path, {name: ""}).status_code != 404]
            assert {"q", "o", "p"} <= set(known), path
            if len(known) < len(FILTERS):
                # Answers 404 to the first thing that it does not know, so what it knows is asked one by one.
                together = [(name,) for name in known]
        for names, value in product(together, VALUES):
            answer = operator.get(path, dict.fromkeys(names, value))
            assert answer.status_code in PLAIN, (path, names, value)


def test_no_value_of_a_form_breaks_a_page(side: Side) -> None:
    browser = side.browser(Role.OWNER)
    for address, value in product(ADMIN, VALUES):
        if address.name != "admin:logout":
            answer = browser.post(address.filled(side), dict.fromkeys(FORM, value))
            assert answer.status_code in PLAIN, (address.route, value)


@pytest.mark.parametrize(
    "typed",
    [
        {"timezone": "abc"},
        {"timezone": "../../../etc/passwd"},
        {"timezone": "."},
        {"opens_at": "0001-01-01T00:00"},
        {"closes_at": "9999-12-31T23:59", "timezone": "America/New_York"},
        {"languages": ["xx", "../en"], "default_language": "xx"},
        {"form_fields-TOTAL_FORMS": "999999999"},
        {"form_fields-TOTAL_FORMS": "1", "form_fields-0-id": "9" * 30},
        {"form_fields-TOTAL_FORMS": "1", "form_fields-0-kind": "nonsense"},
        {"form_fields-TOTAL_FORMS": "1", "form_fields-0-minimum": "NaN"},
        {"radius": "1e400", "decide_within_days": "9" * 400},
    ],
    ids=str,
)
def test_no_value_of_a_campaign_s_form_breaks_it_or_is_kept(
    typed: dict[str, Any], side: Side
) -> None:
    browser = side.browser(Role.OWNER)
    data = campaign_data(side[Campaign], **typed)
    for name in ("change", "live_preview"):
        path = reverse(f"admin:campaigns_campaign_{name}", args=[side[Campaign].pk])
        answer = browser.post(path, data)
        assert answer.status_code == 200, answer  # with the form again, and what is wrong
    kept = Campaign.objects.get(pk=side[Campaign].pk)
    assert (kept.timezone, kept.languages) == (side[Campaign].timezone, side[Campaign].languages)


def test_ten_thousand_parameters_are_refused_everywhere(
    side: Side, browsers: list[Browser]
) -> None:
    many = "&".join(f"p{number}=1" for number in range(10_000))
    for address in (*ADMIN, *PUBLIC):
        path = address.filled(side)
        status = 200 if path in PROBES else 400
        assert browsers[0].get(f"{path}?{many}").status_code == status, path
    answer = browsers[1].post(
        reverse("admin:submissions_submission_changelist"),
        many,
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", ""),
        ("multipart/form-data; boundary=", "x"),
        ("multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="q"'),
        ("application/x-www-form-urlencoded; charset=utf-7", "q=%2BAAA-"),
        ("application/x-www-form-urlencoded; charset=nonsense", "q=a"),
        (
            "multipart/form-data; boundary=x; charset=utf-7",
            '--x\r\nContent-Disposition: form-data; name="q"\r\n\r\n+2AA-\r\n--x--\r\n',
        ),
        (
            "multipart/form-data; boundary=x",
            '--x\r\nContent-Disposition: form-data; name="q"; filename="a\x00b"\r\n\r\n1\r\n--x--\r\n',
        ),
        ("application/json", "[" * 400),
    ],
)
def test_a_body_that_no_form_sends_breaks_nothing(
    content_type: str, body: str, side: Side, browsers: list[Browser]
) -> None:
    paths = [
        reverse("admin:submissions_submission_changelist"),
        reverse("admin:submissions_submission_change", args=[side[Submission].pk]),
        reverse("admin:accounts_client_change", args=[side[Client].pk]),
        reverse("admin:campaigns_campaign_change", args=[side[Campaign].pk]),
        reverse("admin:login"),
    ]
    for path, browser in product(paths, browsers):
        answer = browser.generic("POST", path, body, content_type=content_type)
        assert answer.status_code in PLAIN, path


@pytest.mark.parametrize(
    "cookie", ['"\\000aaaaaaaaaaaa"', '"aaaaaaaaaaaa\\000"', "x" * 3000, "'; DROP", ""]
)
@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages"])
def test_a_cookie_that_we_never_set_breaks_nothing(name: str, cookie: str) -> None:
    browser = Browser(headers={"cookie": f"{name}={cookie}"})
    for path in ("/admin/", "/admin/login/", "/"):
        assert browser.get(path).status_code in PLAIN


@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.1:port", "a\x00b", "[::1"])
def test_a_host_that_is_not_ours_is_refused(host: str) -> None:
    for path in ("/admin/", "/admin/login/", "/c/none/", "/welcome/"):
        assert Browser(headers={"host": host}).get(path).status_code == 400, path


@pytest.mark.parametrize("smuggled", ["+AAA-", "+2AA-", "a+3/8-b"])
@pytest.mark.parametrize("field", ["q", "password", "username"])
def test_no_alphabet_smuggles_what_no_database_takes(side: Side, smuggled: str, field: str) -> None:
    """In UTF-7 plain letters spell NUL and halves of surrogate pairs."""
    listing = reverse("admin:submissions_submission_changelist")
    browser = side.browser(Role.OWNER)
    answer = browser.generic(
        "GET",
        listing,
        "x",
        content_type="text/plain; charset=utf-7",
        QUERY_STRING=urlencode({field: smuggled}),
    )
    assert answer.status_code in PLAIN
    body = f'--x\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{smuggled}\r\n--x--\r\n'
    kind = "multipart/form-data; boundary=x; charset=utf-7"
    for path, who in ((listing, browser), (reverse("admin:login"), Browser())):
        answer = who.generic("POST", path, body, content_type=kind)
        assert answer.status_code in PLAIN, path


def test_a_list_is_narrowed_by_its_own_filters_only(side: Side) -> None:
    """Any column, compared in any way, would tell what the page hides, a letter at a time."""
    browser: Any = side.browser(Role.OWNER)
    for name, queries in {
        "access_blockentry": ("value_hash__startswith=0", "created_by__password__startswith=p"),
        "accounts_membership": (
            "user__password__startswith=argon2",
            "user__last_login__gte=2026-01-01",
        ),
        "access_partnerkey": ("key_hash__startswith=0", "key_id__contains=k"),
        "campaigns_campaign": (
            "client__help_email__startswith=h",
            "test_slug__startswith=unlisted-a",
        ),
        "accounts_auditentry": ("after__name__startswith=Q", "actor__email__startswith=o"),
    }.items():
        path = reverse(f"admin:{name}_changelist")
        assert browser.get(path).status_code == 200
        for query in queries:
            assert browser.get(f"{path}?{query}").status_code == 404, query
