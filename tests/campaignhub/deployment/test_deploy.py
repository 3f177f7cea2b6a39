"""A deployment: refused before it begins, or stack after stack, each with what the ones before it gave."""

import base64
import hashlib
from pathlib import Path

import pytest
from botocore.stub import ANY

from campaignhub.deployment.archives import Archives
from campaignhub.deployment.deploy import Deployment, Options
from campaignhub.deployment.errors import AccountNotReady, CannotDeploy, ReplacesWhatMustStay
from campaignhub.deployment.plan import Plan
from campaignhub.deployment.target import Target
from tests.campaignhub.deployment.scripted import ARN, Scripted, Stacks, change, event

FIRST = """
Parameters: {}
Resources: {CodeBucket: {Type: "AWS::S3::Bucket"}}
"""
SECOND = """
Parameters:
  CodeBucket: {Type: String}
  LightCodeKey: {Type: String}
  Runtime: {Type: String}
  AccessLogs: {Type: String, Default: "off"}
  OriginSecret: {Type: String, Default: "", NoEcho: true}
  OriginSecretBefore: {Type: String, Default: "", NoEcho: true}
Resources: {Queue: {Type: "AWS::SQS::Queue"}}
"""
VERSION = "v-" + "0" * 32
BUCKET = {"OutputKey": "CodeBucket", "OutputValue": "code"}


class Account:
    """Makes the scripted clients that a deployment asks for."""

    def __init__(self, number="111122223333", role="arn:role"):
        self.sts, self.functions = Scripted("sts"), Scripted("lambda")
        self.gateway, self.mail = Scripted("apigateway"), Scripted("sesv2")
        self.stacks, self.store = Stacks(), Scripted("s3")
        self.secrets = Scripted("secretsmanager")
        self.sts.then("get_caller_identity", {"Account": number})
        limits = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}
        self.functions.then("get_account_settings", {"AccountLimit": limits})
        self.gateway.then("get_account", {"cloudwatchRoleArn": role} if role else {})
        self.mail.then("get_account", {"ProductionAccessEnabled": True})

    def client(self, service, region_name):
        assert region_name == "eu-central-1"
        names = {
            "sts": self.sts,
            "lambda": self.functions,
            "apigateway": self.gateway,
            "sesv2": self.mail,
            "cloudformation": self.stacks,
            "s3": self.store,
            "secretsmanager": self.secrets,
        }
        return names[service].client

    def named(self, name):
        self.stacks.name = name
        return self.stacks


@pytest.fixture
def account():
    return Account()


@pytest.fixture
def said():
    return []


@pytest.fixture
def deployment(tmp_path, said):
    for name, text in (("secrets", FIRST), ("ingest", SECOND)):
        (tmp_path / name).write_text(text)
    archives = Archives(tmp_path / "light-1.zip", tmp_path / "images-1.zip", Target())
    archives.light.write_bytes(b"light")
    archives.images.write_bytes(b"images")

    def make(account, edge=None, **options):
        return Deployment(
            Plan(stack="demo", account="111122223333", region="eu-central-1", edge=edge),
            archives,
            account,
            said.append,
            options=Options(pause_seconds=0, **options),
            templates={name: Path(tmp_path / name) for name in ("secrets", "ingest")},
        )

    return make


def archives_are_put(store):
    for key in ("light-1.zip", "images-1.zip"):
        store.then_refused("head_object", "404")
        put = {"Bucket": "code", "Key": key, "Body": ANY, "ChecksumSHA256": ANY}
        store.then("put_object", {}, put)


def checksum(content):
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def created(stacks, name, kind, outputs=()):
    stacks.name = name
    stacks.absent().absent()
    stacks.proposes("CREATE", change("Add", "R", kind)).executes()
    stacks.is_in("CREATE_COMPLETE", Outputs=list(outputs)).events(event(1, "R", "CREATE_COMPLETE"))
    asked = {"StackName": name, "EnableTerminationProtection": True}
    stacks.then("update_termination_protection", {}, asked)


def secret_is(secrets, arn, text):
    """Answer with the one version that there is, whenever it is asked for."""
    labels = {"VersionIdsToStages": {VERSION: ["AWSCURRENT"]}}
    secrets.then("describe_secret", labels, {"SecretId": arn})
    asked = {"SecretId": arn, "VersionId": VERSION}
    secrets.then("get_secret_value", {"SecretString": text, "VersionId": VERSION}, asked)


def test_each_stack_gets_what_the_ones_before_it_gave_and_is_protected(account, deployment, said):
    account.named("demo-ingest").absent()
    created(account.stacks, "demo-secrets", "AWS::S3::Bucket", [BUCKET])
    archives_are_put(account.store)
    url = {"OutputKey": "ApiUrl", "OutputValue": "https://api"}
    created(account.stacks, "demo-ingest", "AWS::SQS::Queue", [url])

    assert deployment(account).run() == {"CodeBucket": "code", "ApiUrl": "https://api"}
    uploaded = [line for line in said if line.startswith("Uploaded")]
    assert uploaded == ["Uploaded s3://code/light-1.zip", "Uploaded s3://code/images-1.zip"]
    for scripted in (account.stacks, account.store, account.sts):
        scripted.all_asked()


@pytest.mark.parametrize(("edge", "text"), [({}, "o" * 64), (None, "")])
def test_the_gateway_asks_for_the_distribution_s_secret_only_where_there_is_one(
    account, deployment, edge, text
):
    account.named("demo-ingest").absent()
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:Origin"
    given = [BUCKET, {"OutputKey": "OriginSecretArn", "OutputValue": arn}]
    created(account.stacks, "demo-secrets", "AWS::S3::Bucket", given)
    archives_are_put(account.store)
    if edge is not None:
        secret_is(account.secrets, arn, text)
    account.named("demo-ingest").absent().absent()
    wanted = {
        "CodeBucket": "code",
        "LightCodeKey": "light-1.zip",
        "Runtime": "python3.13",
        "AccessLogs": "account",
        "OriginSecret": text,
        "OriginSecretBefore": "",
    }
    asked = {
        "StackName": "demo-ingest",
        "ChangeSetName": ANY,
        "ChangeSetType": "CREATE",
        "TemplateBody": ANY,
        "Capabilities": ANY,
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": value} for name, value in wanted.items()
        ],
        "Tags": ANY,
    }
    account.stacks.proposes("CREATE", change("Add", "R", "AWS::SQS::Queue"), asked=asked).executes()
    account.stacks.is_in("CREATE_COMPLETE").events(event(1, "R", "CREATE_COMPLETE"))
    account.stacks.then("update_termination_protection", {})

    deployment(account, edge).run()

    for scripted in (account.stacks, account.secrets):
        scripted.all_asked()


def test_the_second_time_nothing_is_uploaded_and_nothing_changed(account, deployment, said):
    protected = {"EnableTerminationProtection": True}
    account.named("demo-ingest").is_in("CREATE_COMPLETE")
    for name, outputs in (("demo-secrets", [BUCKET]), ("demo-ingest", [])):
        account.named(name).is_in("CREATE_COMPLETE").is_in("CREATE_COMPLETE")
        account.stacks.proposes_nothing("The submitted information didn't contain changes.")
        account.stacks.is_in("CREATE_COMPLETE", Outputs=outputs, **protected)
    for content in (b"light", b"images"):
        asked = {"Bucket": "code", "Key": ANY, "ChecksumMode": "ENABLED"}
        account.store.then("head_object", {"ChecksumSHA256": checksum(content)}, asked)

    deployment(account).run()

    account.stacks.all_asked()
    account.store.all_asked()
    assert not [line for line in said if line.startswith("Uploaded")]
    assert [line for line in said if "no changes" in line] == [
        "demo-secrets: no changes.",
        "demo-ingest: no changes.",
    ]


@pytest.mark.parametrize("held", [{}, {"ChecksumSHA256": checksum(b"another's")}])
def test_what_lies_under_an_archive_s_name_and_is_not_it_is_put_again(account, deployment, held):
    account.named("demo-ingest").absent()
    created(account.stacks, "demo-secrets", "AWS::S3::Bucket", [BUCKET])
    for key, content in (("light-1.zip", b"light"), ("images-1.zip", b"images")):
        account.store.then("head_object", held)
        put = {"Bucket": "code", "Key": key, "Body": content, "ChecksumSHA256": checksum(content)}
        account.store.then("put_object", {}, put)
    created(account.stacks, "demo-ingest", "AWS::SQS::Queue")

    deployment(account).run()

    account.store.all_asked()


def test_a_check_reads_no_secret(account, deployment, said):
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:Origin"
    given = [BUCKET, {"OutputKey": "OriginSecretArn", "OutputValue": arn}]
    held = [{"ParameterKey": "OriginSecret", "ParameterValue": "****"}]
    account.named("demo-ingest").is_in("CREATE_COMPLETE")
    account.named("demo-secrets").is_in("CREATE_COMPLETE", Outputs=given)
    account.stacks.is_in("CREATE_COMPLETE", Outputs=given)
    account.stacks.proposes_nothing("The submitted information didn't contain changes.")
    archives_are_put(account.store)
    for _ in range(2):
        account.named("demo-ingest").is_in("CREATE_COMPLETE", Parameters=held)
    wanted = {"ParameterKey": "OriginSecret", "UsePreviousValue": True}
    asked = []
    account.stacks.client.meta.events.register(
        "provide-client-params.cloudformation.CreateChangeSet",
        lambda params, **_: asked.append(params),
    )
    account.stacks.proposes("UPDATE", change("Modify", "Queue", "AWS::SQS::Queue"))
    account.stacks.then("delete_change_set", {}, {"StackName": "demo-ingest", "ChangeSetName": ARN})

    deployment(account, {}, check_only=True).run()

    assert wanted in asked[-1]["Parameters"]
    account.secrets.all_asked()


def test_cloudformation_works_with_the_role_that_the_file_names(account, deployment):
    account.named("demo-ingest").absent()
    role = "arn:aws:iam::111122223333:role/demo-pipeline-CloudFormationRole"
    asked = []
    account.stacks.client.meta.events.register(
        "provide-client-params.cloudformation.CreateChangeSet",
        lambda params, **_: asked.append(params.get("RoleARN")),
    )
    made = deployment(account)
    made.plan = made.plan.model_copy(update={"cloudformation_role": role})
    account.stacks.name = "demo-secrets"
    account.stacks.absent().absent()
    account.stacks.then_refused("create_change_set", "AccessDenied")

    with pytest.raises(CannotDeploy, match="AccessDenied"):
        made.run()

    assert asked == [role]


def test_credentials_of_another_account_change_nothing(deployment):
    account = Account(number="999999999999")
    account.named("demo-ingest").absent()

    with pytest.raises(AccountNotReady, match="999999999999"):
        deployment(account).run()


def test_credentials_that_may_not_read_are_told_so(account, deployment):
    account.sts = Scripted("sts").then_refused("get_caller_identity", "ExpiredToken", "expired")

    with pytest.raises(AccountNotReady, match=r"can't be read: .*expired"):
        deployment(account).run()


def test_what_replaces_data_is_refused_before_it_is_carried_out(account, deployment):
    bad = change("Modify", "CodeBucket", "AWS::S3::Bucket", Replacement="True")
    account.named("demo-ingest").is_in("CREATE_COMPLETE")
    account.named("demo-secrets").is_in("CREATE_COMPLETE").is_in("CREATE_COMPLETE")
    account.stacks.proposes("UPDATE", bad)
    asked = {"StackName": "demo-secrets", "ChangeSetName": ARN}
    account.stacks.then("delete_change_set", {}, asked)

    with pytest.raises(ReplacesWhatMustStay, match="CodeBucket would be replaced"):
        deployment(account).run()
    account.stacks.all_asked()


def test_a_check_shows_what_it_can_and_carries_nothing_out(account, deployment, said):
    account.named("demo-ingest").absent()
    account.named("demo-secrets").absent().absent()
    account.stacks.proposes("CREATE", change("Add", "R", "AWS::S3::Bucket"))
    asked = {"StackName": "demo-secrets", "ChangeSetName": ARN}
    account.stacks.then("delete_change_set", {}, asked)
    account.stacks.then("delete_stack", {}, {"StackName": "demo-secrets"})
    account.named("demo-ingest").absent()

    deployment(account, check_only=True).run()

    account.stacks.all_asked()
    assert said == [
        "demo-secrets: is created, 1 resources.",
        "demo-ingest: can be shown when the stacks before it are in place.",
    ]


def test_a_stack_that_lacks_a_parameter_is_named(account, deployment):
    account.named("demo-ingest").absent()
    created(account.stacks, "demo-secrets", "AWS::S3::Bucket")
    account.named("demo-ingest").absent()

    with pytest.raises(CannotDeploy, match="demo-ingest: Not given: CodeBucket"):
        deployment(account).run()


def test_a_failed_stack_ends_the_deployment_there(account, deployment):
    account.named("demo-ingest").absent()
    account.named("demo-secrets").absent().absent()
    account.stacks.proposes("CREATE", change("Add", "R", "AWS::S3::Bucket")).executes()
    account.stacks.is_in("ROLLBACK_COMPLETE")
    account.stacks.events(event(1, "CodeBucket", "CREATE_FAILED", "Already exists"))

    with pytest.raises(
        CannotDeploy, match=r"CodeBucket .* failed: Already exists; everything is as"
    ):
        deployment(account).run()
    account.stacks.all_asked()


@pytest.mark.parametrize("check_only", [True, False])
def test_what_goes_on_by_itself_is_said_only_where_something_was_begun(
    account, deployment, check_only
):
    account.named("demo-ingest").absent()
    account.named("demo-secrets").absent().absent()
    account.stacks.then_refused("create_change_set", "ExpiredToken", "The token is expired.")

    with pytest.raises(CannotDeploy, match="Sign in again") as refused:
        deployment(account, check_only=check_only).run()

    assert ("Nothing was changed" in refused.value.message) is check_only
    assert ("has begun goes on by itself" in refused.value.message) is not check_only


def test_an_account_that_cannot_be_read_was_not_changed(account, deployment):
    account.sts = Scripted("sts")
    account.sts.then_refused("get_caller_identity", "InvalidClientTokenId", "No such key.")

    with pytest.raises(AccountNotReady, match=r"Sign in again\. Nothing was changed") as refused:
        deployment(account).run()

    assert "begun" not in refused.value.message
