"""A stack is proposed, executed and followed; what an earlier deployment left is settled first."""

import pytest
from botocore.stub import ANY

from campaignhub.deployment.errors import StackFailed
from campaignhub.deployment.stack import Request, Stack, outputs_of
from tests.campaignhub.deployment.scripted import ARN, Stacks, change, event

QUEUE = change("Add", "Queue", "AWS::SQS::Queue")
REQUEST = Request({"TemplateBody": "{}"}, {"A": "1", "Secret": None}, {"t": "1"})


@pytest.fixture
def stacks():
    scripted = Stacks()
    yield scripted
    scripted.all_asked()


@pytest.fixture
def said():
    return []


@pytest.fixture
def stack(stacks, said):
    return Stack(stacks.client, stacks.name, say=said.append, pause_seconds=0)


def test_a_stack_that_is_not_there_is_created_and_its_progress_said(stacks, stack, said):
    stacks.absent().proposes("CREATE", QUEUE).executes()
    stacks.is_in("CREATE_IN_PROGRESS").events(event(1, "Queue", "CREATE_IN_PROGRESS"))
    output = {"OutputKey": "QueueUrl", "OutputValue": "u"}
    stacks.is_in("CREATE_COMPLETE", Outputs=[output]).events(
        event(1, "Queue", "CREATE_IN_PROGRESS"), event(2, "Queue", "CREATE_COMPLETE")
    )

    proposed = stack.propose(REQUEST)
    found = stack.execute(proposed)

    assert (proposed.creates, [str(one) for one in proposed.changes]) == (
        True,
        ["Add Queue, SQS::Queue"],
    )
    assert outputs_of(found) == {"QueueUrl": "u"}
    assert said == ["demo-ingest: Queue CREATE_IN_PROGRESS", "demo-ingest: Queue CREATE_COMPLETE"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("AlreadyExistsException", "Stack [demo-ingest] already exists"),
        (
            "ValidationError",
            "Stack [demo-ingest] already exists and cannot be created with the changeSet [deploy-1].",
        ),
        ("ValidationError", "Stack is in CREATE_IN_PROGRESS state and can not be updated."),
    ],
)
def test_a_stack_that_another_deployment_has_created_meanwhile_is_waited_for_in_the_next_run(
    stacks, stack, code, message
):
    stacks.absent().then_refused("create_change_set", code, message)
    with pytest.raises(StackFailed, match=r"another deployment.* Run this again"):
        stack.propose(REQUEST)


def test_a_parameter_without_a_new_value_keeps_the_one_that_the_stack_has(stacks, stack):
    stacks.is_in("UPDATE_COMPLETE")
    parameters = [
        {"ParameterKey": "A", "ParameterValue": "1"},
        {"ParameterKey": "Secret", "UsePreviousValue": True},
    ]
    asked = {
        "StackName": "demo-ingest",
        "ChangeSetName": ANY,
        "ChangeSetType": "UPDATE",
        "TemplateBody": "{}",
        "Capabilities": ["CAPABILITY_IAM"],
        "Parameters": parameters,
        "Tags": [{"Key": "t", "Value": "1"}],
    }
    stacks.proposes("UPDATE", asked=asked)

    assert not stack.propose(REQUEST).creates


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
    ],
)
def test_the_same_again_changes_nothing(stacks, stack, reason):
    stacks.is_in("UPDATE_COMPLETE").proposes_nothing(reason)

    assert stack.propose(REQUEST).is_empty


def test_a_template_that_is_refused_says_why(stacks, stack):
    stacks.is_in("UPDATE_COMPLETE").proposes_nothing("Parameters: [B] must have values")

    with pytest.raises(StackFailed, match=r"demo-ingest can't be changed: Parameters: \[B\]"):
        stack.propose(REQUEST)


def test_a_failed_update_is_rolled_back_and_the_first_fault_named(stacks, stack):
    stacks.is_in("CREATE_COMPLETE").proposes("UPDATE", QUEUE).executes()
    stacks.is_in("UPDATE_ROLLBACK_IN_PROGRESS").events(
        event(1, "Other", "UPDATE_FAILED", "Resource update cancelled"),
        event(2, "Queue", "UPDATE_FAILED", "The name is taken."),
    )
    stacks.is_in("UPDATE_ROLLBACK_COMPLETE").events(event(3, "Queue", "UPDATE_COMPLETE"))

    with pytest.raises(StackFailed) as failed:
        stack.execute(stack.propose(REQUEST))

    assert failed.value.message == (
        "demo-ingest: Queue (SQS::Queue) failed: The name is taken; everything is as it was before."
    )


def test_what_a_failed_creation_left_is_removed_and_the_stack_created(stacks, stack):
    stacks.is_in("ROLLBACK_COMPLETE").then("delete_stack", {}, {"StackName": "demo-ingest"})
    stacks.is_in("DELETE_IN_PROGRESS").is_in("DELETE_IN_PROGRESS").absent()
    stacks.proposes("CREATE", QUEUE)

    assert stack.propose(REQUEST).creates


def test_a_deployment_that_is_under_way_is_waited_for(stacks, stack, said):
    stacks.is_in("UPDATE_IN_PROGRESS").is_in("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    stacks.is_in("UPDATE_COMPLETE").proposes("UPDATE", QUEUE)

    stack.propose(REQUEST)

    assert said == ["demo-ingest is in UPDATE_IN_PROGRESS; waiting for its end …"]


def test_a_rollback_that_stopped_is_continued(stacks, stack):
    stacks.is_in("UPDATE_ROLLBACK_FAILED")
    stacks.then("continue_update_rollback", {}, {"StackName": "demo-ingest"})
    stacks.is_in("UPDATE_ROLLBACK_IN_PROGRESS").is_in("UPDATE_ROLLBACK_COMPLETE")
    stacks.proposes("UPDATE", QUEUE)

    assert not stack.propose(REQUEST).creates


def test_a_stack_that_somebody_failed_to_delete_is_left_to_a_person(stacks, stack):
    stacks.is_in("DELETE_FAILED", StackStatusReason="The bucket is not empty")

    with pytest.raises(StackFailed, match="DELETE_FAILED: The bucket is not empty"):
        stack.propose(REQUEST)


def test_a_look_settles_nothing(stacks, stack):
    stacks.is_in("ROLLBACK_COMPLETE")

    with pytest.raises(StackFailed, match="a deployment settles it"):
        stack.propose(REQUEST, settles=False)


def test_a_change_set_of_a_creation_that_is_only_shown_leaves_no_stack(stacks, stack):
    stacks.absent().proposes("CREATE", QUEUE)
    stacks.then("delete_change_set", {}, {"StackName": "demo-ingest", "ChangeSetName": ARN})
    stacks.then("delete_stack", {}, {"StackName": "demo-ingest"})

    stack.withdraw(stack.propose(REQUEST, settles=False))


def test_the_rest_of_a_long_change_set_is_read_too(stacks, stack):
    stacks.is_in("CREATE_COMPLETE").then("create_change_set", {"Id": ARN})
    more = {"Status": "CREATE_COMPLETE", "Changes": [QUEUE], "NextToken": "n"}
    stacks.then("describe_change_set", more)
    asked = {"StackName": "demo-ingest", "ChangeSetName": ARN, "NextToken": "n"}
    stacks.then("describe_change_set", {"Status": "CREATE_COMPLETE", "Changes": [QUEUE]}, asked)

    assert len(stack.propose(REQUEST).changes) == 2


def test_protection_is_switched_on_once(stacks, stack):
    asked = {"StackName": "demo-ingest", "EnableTerminationProtection": True}
    stacks.then("update_termination_protection", {}, asked)

    stack.protect({})
    stack.protect({"EnableTerminationProtection": True})


def test_what_is_found_wrong_before_anything_is_touched_is_named(stacks, stack):
    stacks.is_in("CREATE_COMPLETE")
    reason = "Validation failed. Call DescribeEvents to retrieve the full list of issues"
    stacks.then("create_change_set", {"Id": ARN, "StackId": "arn:stack"})
    stacks.then("describe_change_set", {"Status": "FAILED", "StatusReason": reason})
    wrong = {"LogicalResourceId": "Bucket", "ValidationStatusReason": "It exists already."}
    asked = {
        "StackName": "demo-ingest",
        "ChangeSetName": ARN,
        "Filters": {"FailedEvents": True},
    }
    stacks.then("describe_events", {"OperationEvents": [wrong]}, asked)
    stacks.then("delete_change_set", {})

    with pytest.raises(StackFailed, match="changed: Bucket failed: It exists already"):
        stack.propose(REQUEST)


def test_a_failure_of_no_resource_has_the_stack_s_own_reason(stacks, stack):
    stacks.is_in("CREATE_COMPLETE").proposes("UPDATE", QUEUE).executes()
    stacks.is_in("UPDATE_ROLLBACK_COMPLETE")
    stacks.events(
        event(1, "demo-ingest", "UPDATE_ROLLBACK_IN_PROGRESS", "Output A: no attribute B")
    )

    with pytest.raises(
        StackFailed, match="demo-ingest failed: Output A: no attribute B; everything"
    ):
        stack.execute(stack.propose(REQUEST))
