"""The distribution: what it keeps, what it passes on, whom it stops."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from campaignhub.deployment.template import parse_template
from campaigns.hosting.files import ASSETS
from campaigns.hosting.live_pages import GONE, LivePage

FILE = Path(__file__).parents[3] / "campaignhub/deployment/templates/edge.yaml"
EDGE = parse_template(FILE.read_text())
RESOURCES = {name: resource["Properties"] for name, resource in EDGE["Resources"].items()}
DISTRIBUTION = RESOURCES["Distribution"]["DistributionConfig"]
BEHAVIORS = {each["PathPattern"]: each for each in DISTRIBUTION["CacheBehaviors"]}
RULES = {rule["Name"]: rule for rule in RESOURCES["Firewall"]["Rules"]}


def policy(name: str) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = RESOURCES[name].values()
    return found


def cached(name: str) -> dict[str, Any]:
    found: dict[str, Any] = policy(name)["ParametersInCacheKeyAndForwardedToOrigin"]
    return found


def test_the_api_gets_the_visitor_s_address_agent_token_and_key_and_not_their_host():
    behavior = BEHAVIORS["/v1/*"]
    passed = set(policy("ApiRequest")["HeadersConfig"]["Headers"])
    passed |= set(cached("ApiCache")["HeadersConfig"]["Headers"])
    assert passed == {
        "CloudFront-Viewer-Address",
        "User-Agent",
        "x-api-key",
        "Authorization",
        "Origin",
    }
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
    assert "Authorization" not in policy("ApiRequest")["HeadersConfig"]["Headers"]
    assert policy("ApiCache")["MaxTTL"] > 0
    assert policy("ApiCache")["DefaultTTL"] == 0
    assert behavior["CachePolicyId"] == {"Ref": "ApiCache"}
    assert behavior["OriginRequestPolicyId"] == {"Ref": "ApiRequest"}
    assert "POST" in behavior["AllowedMethods"]


def test_only_the_api_s_origin_gets_the_secret():
    secrets = {
        origin["Id"]: origin.get("OriginCustomHeaders") for origin in DISTRIBUTION["Origins"]
    }
    sent = [{"HeaderName": "x-origin-secret", "HeaderValue": {"Ref": "OriginSecret"}}]
    assert secrets == {"pages": None, "api": sent}
    assert EDGE["Parameters"]["OriginSecret"]["NoEcho"]


def test_pages_are_kept_for_a_minute_their_state_for_ten_seconds_and_assets_for_good():
    assert policy("StateCache")["MaxTTL"] == 10
    assert policy("PageCache")["MaxTTL"] <= 300
    assert policy("AssetCache")["DefaultTTL"] == 31_536_000
    assert BEHAVIORS[f"/*/{ASSETS}*"]["CachePolicyId"] == {"Ref": "AssetCache"}
    assert BEHAVIORS["/*/state.json"]["CachePolicyId"] == {"Ref": "StateCache"}
    for name in ("PageCache", "StateCache", "AssetCache"):
        assert cached(name)["EnableAcceptEncodingBrotli"]
        assert cached(name)["EnableAcceptEncodingGzip"]
    for behavior in (DISTRIBUTION["DefaultCacheBehavior"], *BEHAVIORS.values()):
        assert behavior["ResponseHeadersPolicyId"] == {"Ref": "Headers"}
        assert behavior["TargetOriginId"] == "api" or behavior["Compress"]


def test_no_error_is_kept():
    kept = {
        each["ErrorCode"]: each["ErrorCachingMinTTL"]
        for each in DISTRIBUTION["CustomErrorResponses"]
    }
    assert {400, 403, 404, 500, 502, 503, 504} <= set(kept)
    assert set(kept.values()) == {0}


def test_the_pages_are_read_by_the_distribution_only():
    assert set(RESOURCES["Pages"]["PublicAccessBlockConfiguration"].values()) == {True}
    allowed = [
        statement
        for statement in RESOURCES["PagesPolicy"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert [statement["Action"] for statement in allowed] == ["s3:GetObject"]
    assert "Distribution" in json.dumps(allowed[0]["Condition"])
    assert EDGE["Resources"]["Pages"]["DeletionPolicy"] == "RetainExceptOnCreate"


def default(parameter: dict[str, str]) -> int:
    return int(EDGE["Parameters"][parameter["Ref"]]["Default"])


def test_the_firewall_bounds_an_address_and_only_counts_what_reads_bodies():
    rated = [r for r in RULES.values() if "RateBasedStatement" in r["Statement"]]
    assert {r["Statement"]["RateBasedStatement"]["AggregateKeyType"] for r in rated} == {"IP"}
    limits = [default(r["Statement"]["RateBasedStatement"]["Limit"]) for r in rated]
    assert limits == sorted(limits)
    # A thousand entrants behind one carrier start twice each.
    assert min(limits) >= 2_000
    managed = RULES["managed-core"]["Statement"]["ManagedRuleGroupStatement"]
    assert managed["Name"] == "AWSManagedRulesCommonRuleSet"
    assert {o["Name"] for o in managed["RuleActionOverrides"]} >= {
        "SizeRestrictions_BODY",
        "CrossSiteScripting_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
    }
    assert all(o["ActionToUse"] == {"Count": {}} for o in managed["RuleActionOverrides"])


def test_a_partner_s_server_is_bound_by_its_key_s_plan_and_not_as_one_visitor():
    starts = RULES["starts-by-address"]["Statement"]["RateBasedStatement"]
    counted, partners = starts["ScopeDownStatement"]["AndStatement"]["Statements"]
    path = "/v1/partner/campaigns/{slug}/start"
    assert path.endswith(counted["ByteMatchStatement"]["SearchString"])
    excepted = partners["NotStatement"]["Statement"]["ByteMatchStatement"]
    assert path.startswith(excepted["SearchString"])
    assert not "/v1/campaigns/{slug}/start".startswith(excepted["SearchString"])
    # Or a visitor would walk round by /v1/partner/../campaigns/.
    assert [step["Type"] for step in excepted["TextTransformations"]] == ["NORMALIZE_PATH"]
    # What it submits goes the public way: there its networks are known.
    known = {"Arn": {"Fn::GetAtt": ["PartnersNetworks", "Arn"]}}
    for name in ("posts-by-address", "everything-by-address"):
        scope = RULES[name]["Statement"]["RateBasedStatement"]["ScopeDownStatement"]["Fn::If"]
        assert scope[0] == "HasPartners"
        parts = scope[1]["AndStatement"]["Statements"] if "AndStatement" in scope[1] else [scope[1]]
        assert {"NotStatement": {"Statement": {"IPSetReferenceStatement": known}}} in parts


def test_no_sample_of_a_visitor_is_kept():
    for part in (RESOURCES["Firewall"], *RULES.values()):
        assert part["VisibilityConfig"]["SampledRequestsEnabled"] is False
    assert "Logging" not in DISTRIBUTION


NODE = shutil.which("node")
PAGE = "/summer/versions/7-abc/"


@pytest.mark.node
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/summer/", PAGE + "index.html"),
        ("/summer/rules/", PAGE + "rules/index.html"),
        ("/summer/index.html", PAGE + "index.html"),
        ("/summer/assets/script.1234.js", "/summer/assets/script.1234.js"),
        ("/summer/state.json", "/summer/state.json"),
        ("/summer/rules/state.json", PAGE + "rules/state.json"),
        ("/summer", 301),
        ("/", 404),
        ("/Evil%0d%0a", 404),
        ("/winter/", 404),
        ("/taken-down/", 404),
        ("/taken-down/state.json", "/taken-down/state.json"),
        ("/summer/versions/6-old/index.html", 404),
        ("/summer/.live", 404),
        ("/summer/../winter/", 404),
    ],
)
def test_an_address_leads_to_the_live_version_of_its_page(address: str, expected: Any) -> None:
    assert found("play.agency.example", address) == expected


WINTER = "/winter-9/versions/8-def/"


@pytest.mark.node
@pytest.mark.parametrize(
    ("host", "address", "expected"),
    [
        ("win.example.com", "/summer/", PAGE + "index.html"),
        ("win.example.com", "/summer/assets/script.1234.js", "/summer/assets/script.1234.js"),
        ("win.example.com", "/summer/state.json", "/summer/state.json"),
        ("win.example.com", "/taken-down/state.json", "/taken-down/state.json"),
        ("win.example.com", "/taken-down/", 404),
        *[
            (host, f"/winter-9/{path}", 404)
            for host in (
                "win.example.com",
                "WIN.example.com:443",
                "win.example.com.",
                "win.example.com..",
                "win.example.com:",
            )
            for path in ("", "rules/", "embed.js", "state.json", "assets/script.1234.js")
        ],
        ("win.example.com", "/never-put/assets/script.1234.js", 404),
        # The installation's own name, and the distribution's, lead to every page.
        ("play.agency.example", "/winter-9/", WINTER + "index.html"),
        ("d1.cloudfront.net", "/winter-9/state.json", "/winter-9/state.json"),
        # One that an earlier version of the site put, until it is put again.
        ("win.example.com", "/of-old/", "/of-old/versions/1-old/index.html"),
        # A domain is no slug.
        ("play.agency.example", "/win.example.com/", 404),
        ("play.agency.example", "/win.example.com/assets/script.1234.js", 404),
        ("play.agency.example", "/_archives/assets/script.1234.js", 404),
    ],
)
def test_a_client_s_domain_leads_to_that_client_s_pages_only(
    host: str, address: str, expected: Any
) -> None:
    assert found(host, address) == expected


HELD = {
    "summer": str(LivePage("7-abc", 12, "1")),
    "taken-down": str(LivePage(GONE, 3, "1")),
    "winter-9": str(LivePage("8-def", 2, "11")),
    "of-old": str(LivePage("1-old", 4)),
    "win.example.com": "1",
}


def found(host: str, address: str) -> Any:
    """Return where the function leads, or the status that it answers with."""
    store = (
        f"const held = {json.dumps(HELD)};"
        " const cf = {kvs: () => ({exists: async (key) => key in held, get: async (key) => {"
        " if (!(key in held)) throw new Error('no key'); return held[key]; }})};"
    )
    code = RESOURCES["FindPage"]["FunctionCode"].replace("import cf from 'cloudfront';", store)
    headers = {"host": {"value": host}}
    answer = run(code, {"request": {"uri": address, "headers": headers}})
    return answer.get("statusCode", answer.get("uri"))


def test_every_way_to_a_file_of_a_page_passes_the_function():
    ways = [DISTRIBUTION["DefaultCacheBehavior"], *BEHAVIORS.values()]
    for way in ways:
        if way["TargetOriginId"] == "pages":
            asked = [
                one["FunctionARN"]["Fn::GetAtt"][0]
                for one in way["FunctionAssociations"]
                if one["EventType"] == "viewer-request"
            ]
            assert asked == ["FindPage"]


@pytest.mark.node
def test_a_page_says_by_a_header_who_may_frame_it_and_shows_nothing_else_of_the_bucket() -> None:
    code = RESOURCES["SayWhoFrames"]["FunctionCode"]
    value = "'self' https://shop.example"
    headers = {"x-amz-meta-frame-ancestors": {"value": value}, "etag": {"value": "1"}}
    said = run(code, {"response": {"statusCode": 200, "headers": headers}})["headers"]
    policy = f"frame-ancestors {value}; object-src 'none'; base-uri 'none'"
    assert said == {"etag": {"value": "1"}, "content-security-policy": {"value": policy}}
    plain = run(code, {"response": {"statusCode": 200, "headers": {}}})["headers"]
    assert plain == {}
    # What a file does not say, the policy of headers says, and it overrides no file's.
    security = policy_of_headers()["SecurityHeadersConfig"]["ContentSecurityPolicy"]
    assert security["Override"] is False
    assert "'self'" in EDGE["Parameters"]["FrameAncestors"]["Default"]


def policy_of_headers() -> dict[str, Any]:
    found: dict[str, Any] = RESOURCES["Headers"]["ResponseHeadersPolicyConfig"]
    return found


def run(code: str, event: dict[str, Any]) -> dict[str, Any]:
    """Call a function of CloudFront's with an event."""
    call = f"Promise.resolve(handler({json.dumps(event)}))"
    script = f"{code}\n{call}.then((answer) => console.log(JSON.stringify(answer)));"
    assert NODE
    ran = subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer
