"""Who may do what, who is let in, and what nobody may see: the template's guards."""

import json
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

import pytest

from ingest_lambda.adapters.table import keys
from tests.ingest_lambda.declared import default, functions, listed, resources, template


def statements() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{name}/{policy['PolicyName']}/{statement['Sid']}", statement)
        for name, role in resources("AWS::IAM::Role").items()
        for policy in role.get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
    ]


@pytest.mark.parametrize(("name", "statement"), statements(), ids=lambda value: str(value)[:60])
def test_a_role_may_do_named_things_to_named_resources(name, statement):
    for action in listed(statement["Action"]):
        assert "*" not in action
    if statement["Sid"] == "Trace":
        # X-Ray knows no resources for these two (AWS's Service Authorization Reference).
        assert statement["Action"] == ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
        return
    for resource in listed(statement["Resource"]):
        # Of a resource with parts, a part: everything below one prefix of the bucket.
        text = json.dumps(resource)
        assert text.count("*") == ("Bucket.Arn}/" in text)
        assert '"*"' not in text


def test_every_function_is_traced_and_may_say_so():
    traced = {name.split("/")[0] for name, s in statements() if s["Sid"] == "Trace"}
    for properties in functions().values():
        assert properties["TracingConfig"] == {"Mode": "Active"}
        assert properties["Role"]["Fn::GetAtt"][0] in traced


def test_the_gateway_s_traces_which_hold_addresses_are_kept_only_where_somebody_asks_for_them():
    (stage,) = resources("AWS::ApiGateway::Stage").values()
    assert stage["TracingEnabled"] == {"Ref": "TraceRequests"}
    assert template()["Parameters"]["TraceRequests"]["Default"] == "false"


def test_start_reads_what_it_answers_by_and_no_limit_guard_or_block_list():
    (reads,) = [s for name, s in statements() if name.startswith("StartRole/own-work/Read")]
    assert reads["Action"] == ["dynamodb:GetItem"]
    allowed = reads["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    needed = [
        keys.current_key("s"),
        keys.release_key("s", 1),
        keys.partner_key("h"),
        keys.submission_key(UUID(int=1)),
    ]
    others = [
        keys.block_list_key("k"),
        keys.limit_key("c", "l", "h", "campaign"),
        keys.guard_key("c", "image:h"),
    ]

    def may(key: keys.Item) -> bool:
        return any(fnmatchcase(key["pk"]["S"], pattern) for pattern in allowed)

    assert all(map(may, needed))
    assert not any(map(may, others))


def test_start_writes_beside_a_submission_and_nowhere_else():
    mine = [s for name, s in statements() if name.startswith("StartRole")]
    writing = [
        (action, s.get("Condition"))
        for s in mine
        for action in listed(s["Action"])
        if action.startswith("dynamodb:") and action != "dynamodb:GetItem"
    ]
    beside = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["SUBMISSION#*"]}}
    assert writing == [("dynamodb:UpdateItem", beside)]


def test_what_opens_strangers_files_touches_no_campaign_and_reads_no_receipt():
    mine = [s for name, s in statements() if name.startswith("ImagesRole")]
    (puts,) = [s for s in mine if "dynamodb:PutItem" in listed(s["Action"])]
    allowed = puts["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]

    def may(key: keys.Item) -> bool:
        return any(fnmatchcase(key["pk"]["S"], pattern) for pattern in allowed)

    assert may(keys.submission_key(UUID(int=1)))
    assert may(keys.guard_key("c", "file:h"))
    for other in (
        keys.release_key("s", 1),
        keys.current_key("s"),
        keys.partner_key("h"),
        keys.block_list_key("k"),
        keys.limit_key("c", "l", "h", "campaign"),
    ):
        assert not may(other)
    for statement in mine:
        if "s3:GetObject" in listed(statement["Action"]):
            assert "receipts" not in json.dumps(statement["Resource"])


def test_nobody_is_trusted_but_the_service_that_needs_it():
    for name, role in resources("AWS::IAM::Role").items():
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            assert list(statement["Principal"]) == ["Service"], name
            assert statement["Principal"]["Service"].endswith(".amazonaws.com")


def test_the_bucket_is_private_and_tls_only():
    (bucket,) = resources("AWS::S3::Bucket").values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    (policy,) = resources("AWS::S3::BucketPolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert bucket["CorsConfiguration"]["CorsRules"][0]["AllowedMethods"] == ["POST"]


def rules_of(name: str) -> dict[str, dict[str, Any]]:
    acl = resources("AWS::WAFv2::WebACL")[name]
    return {rule["Name"]: rule for rule in acl["Rules"]}


def test_the_distribution_bounds_an_address_and_only_counts_what_reads_bodies():
    rules = rules_of("DistributionRules")
    rated = [r for r in rules.values() if "RateBasedStatement" in r["Statement"]]
    assert {r["Statement"]["RateBasedStatement"]["AggregateKeyType"] for r in rated} == {"IP"}
    limits = [default(r["Statement"]["RateBasedStatement"]["Limit"]) for r in rated]
    assert limits == sorted(limits)
    assert min(limits) >= 100
    managed = rules["managed-core"]["Statement"]["ManagedRuleGroupStatement"]
    assert managed["Name"] == "AWSManagedRulesCommonRuleSet"
    assert {o["Name"] for o in managed["RuleActionOverrides"]} >= {
        "SizeRestrictions_BODY",
        "CrossSiteScripting_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
    }
    assert all(o["ActionToUse"] == {"Count": {}} for o in managed["RuleActionOverrides"])


def test_start_takes_the_distributions_word_only_where_nobody_comes_round_it():
    told = functions()["StartFunction"]["Environment"]["Variables"]["BEHIND_DISTRIBUTION"]
    assert told == {"Fn::If": ["BehindDistribution", "yes", ""]}
    assert template()["Resources"]["OriginOnly"]["Condition"] == "BehindDistribution"


def test_a_partners_server_is_bound_by_its_keys_plan_and_not_as_one_visitor():
    rules = rules_of("DistributionRules")
    starts = rules["starts-by-address"]["Statement"]["RateBasedStatement"]
    counted, partners = starts["ScopeDownStatement"]["AndStatement"]["Statements"]
    path = "/v1/partner/campaigns/{slug}/start"
    assert path.endswith(counted["ByteMatchStatement"]["SearchString"])
    excepted = partners["NotStatement"]["Statement"]["ByteMatchStatement"]
    assert path.startswith(excepted["SearchString"])
    assert not "/v1/campaigns/{slug}/start".startswith(excepted["SearchString"])
    # Or a visitor would walk round by /v1/partner/../campaigns/.
    assert [step["Type"] for step in excepted["TextTransformations"]] == ["NORMALIZE_PATH"]
    # What it submits goes the public way: there its networks are known.
    for name in ("posts-by-address", "everything-by-address"):
        scope = rules[name]["Statement"]["RateBasedStatement"]["ScopeDownStatement"]
        parts = scope["AndStatement"]["Statements"] if "AndStatement" in scope else [scope]
        known = {"Arn": {"Fn::GetAtt": ["PartnersAddresses", "Arn"]}}
        excepted = {"NotStatement": {"Statement": {"IPSetReferenceStatement": known}}}
        assert excepted in parts
    assert template()["Parameters"]["PartnerAddresses"]["Default"] == "192.0.2.0/32"


def test_no_partner_uses_up_what_another_s_key_was_promised():
    """A method's throttle counts all callers together; each key's own plan bounds it."""
    (stage,) = resources("AWS::ApiGateway::Stage").values()
    assert not [s for s in stage["MethodSettings"] if "partner" in s["ResourcePath"]]


def test_behind_a_distribution_the_gateway_admits_its_secret_and_what_is_signed_inside():
    assert set(rules_of("OriginOnly")) == {"from-the-distribution", "signed-inside"}
    assert resources("AWS::WAFv2::WebACL")["OriginOnly"]["DefaultAction"] == {"Block": {}}


def test_no_web_acl_keeps_samples_of_visitors_or_stands_in_the_embedded_default():
    for name, resource in template()["Resources"].items():
        if resource["Type"].startswith("AWS::WAFv2"):
            assert "Condition" in resource, name
    for acl in resources("AWS::WAFv2::WebACL").values():
        for part in (acl, *acl["Rules"]):
            assert part["VisibilityConfig"]["SampledRequestsEnabled"] is False
    assert template()["Parameters"]["OriginSecret"]["Default"] == ""
    assert template()["Parameters"]["ProtectDistribution"]["Default"] == "false"
