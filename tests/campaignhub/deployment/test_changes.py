"""What holds data or has a fixed name is not replaced."""

import pytest

from campaignhub.deployment.changes import Change, refusals, replacement_rules
from campaignhub.deployment.template import TEMPLATES, read_template
from tests.campaignhub.deployment.scripted import change

NAMED = {
    "Queue": {"Properties": {"QueueName": "q"}},
    "Function": {"Properties": {"FunctionName": "f"}},
}


def refused(answer, resources=NAMED, allowed=()):
    return refusals([Change.of(answer)], resources, allowed)


def test_what_holds_data_is_not_replaced():
    (why,) = refused(change("Modify", "Table", "AWS::DynamoDB::Table", Replacement="True"))
    assert why == "Table would be replaced, and it holds data."


def test_what_may_be_replaced_counts_as_replaced():
    assert refused(change("Modify", "Table", "AWS::DynamoDB::Table", Replacement="Conditional"))


def test_what_the_schema_changes_in_place_is_not_replaced_where_the_service_leaves_it_open():
    resources = {"Stage": {"Properties": {"StageName": "live"}}}
    kind, open_ = "AWS::ApiGateway::Stage", {"Replacement": "Conditional"}
    api_changed = change("Modify", "Stage", kind, properties=["DeploymentId"], **open_)
    assert not refused(api_changed, resources)
    assert str(Change.of(api_changed)) == "Modify Stage, ApiGateway::Stage (DeploymentId)"
    for properties in (["RestApiId"], []):
        assert refused(change("Modify", "Stage", kind, properties=properties, **open_), resources)


def test_so_it_is_with_what_holds_data_where_the_schema_changes_every_such_property_in_place():
    kind, open_ = "AWS::S3::Bucket", {"Replacement": "Conditional"}
    queue_changed = ["NotificationConfiguration"]
    assert not refused(change("Modify", "Bucket", kind, properties=queue_changed, **open_))
    named_too = [*queue_changed, "BucketName"]
    assert refused(change("Modify", "Bucket", kind, properties=named_too, **open_))


def test_what_holds_data_is_not_replaced_for_a_part_of_a_property(monkeypatch):
    rule = {
        "create_only": [],
        "partly_create_only": ["Part"],
        "names": {},
        "stateful": "holds data",
    }
    monkeypatch.setitem(replacement_rules(), "Some::Kind::Of", rule)
    open_ = {"Replacement": "Conditional"}
    assert refused(change("Modify", "It", "Some::Kind::Of", properties=["Part"], **open_))
    assert not refused(change("Modify", "It", "Some::Kind::Of", properties=["Whole"], **open_))


def test_a_create_only_property_replaces_whatever_the_service_says_of_it():
    answer = change(
        "Modify", "Table", "AWS::DynamoDB::Table", Replacement="False", properties=["TableName"]
    )
    assert refused(answer)


def test_what_holds_data_is_not_removed():
    (why,) = refused(change("Remove", "Queue", "AWS::SQS::Queue"))
    assert why == "Queue would be removed, and it holds data."


def test_the_address_that_pages_call_stays():
    assert refused(change("Remove", "Api", "AWS::ApiGateway::RestApi"))


def test_a_fixed_name_can_not_be_given_twice():
    (why,) = refused(change("Modify", "Function", "AWS::Lambda::Function", Replacement="True"))
    assert "its FunctionName is fixed" in why


def test_what_gets_another_name_may_be_replaced():
    answer = change(
        "Modify",
        "Function",
        "AWS::Lambda::Function",
        Replacement="True",
        properties=["FunctionName"],
    )
    assert not refused(answer)


@pytest.mark.parametrize(
    "answer",
    [
        change("Modify", "Table", "AWS::DynamoDB::Table", Replacement="False", properties=["Tags"]),
        change("Add", "Table", "AWS::DynamoDB::Table"),
        change("Remove", "Alarm", "AWS::CloudWatch::Alarm"),
        change("Modify", "Unnamed", "AWS::Lambda::Function", Replacement="True"),
        change("Remove", "Log", "AWS::Logs::LogGroup"),
    ],
)
def test_everything_else_goes(answer):
    assert not refused(answer)


def test_who_names_a_resource_may_replace_it():
    answer = change("Remove", "Queue", "AWS::SQS::Queue")
    assert not refused(answer, allowed=["Queue"])
    assert refused(answer, allowed=["Table"])


def test_every_type_of_our_templates_has_a_rule():
    kinds = {
        resource["Type"]
        for path in TEMPLATES.values()
        for resource in read_template(path)["Resources"].values()
    }
    assert kinds == set(replacement_rules())
