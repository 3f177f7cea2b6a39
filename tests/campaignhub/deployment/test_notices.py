"""What became of a mail comes on a queue that the site reads when it can."""

import json
from pathlib import Path

from campaignhub.deployment.template import parse_template

FILE = Path(__file__).parents[3] / "campaignhub/deployment/templates/notices.yaml"
NOTICES = parse_template(FILE.read_text())
RESOURCES = {
    name: resource.get("Properties", {}) for name, resource in NOTICES["Resources"].items()
}


def test_bounces_and_complaints_reach_the_queue_and_nobody_s_reading_is_watched():
    events = RESOURCES["MailEvents"]["EventDestination"]
    assert {"BOUNCE", "COMPLAINT", "DELIVERY", "REJECT"} <= set(events["MatchingEventTypes"])
    assert not {"OPEN", "CLICK"} & set(events["MatchingEventTypes"])
    assert events["SnsDestination"] == {"TopicARN": {"Ref": "MailTopic"}}
    subscription = RESOURCES["MailNotices"]
    assert subscription["TopicArn"] == {"Ref": "MailTopic"}
    assert subscription["Protocol"] == "sqs"
    assert subscription["Endpoint"] == {"Fn::GetAtt": ["MailNoticesQueue", "Arn"]}


def test_what_the_site_cannot_read_is_kept_and_told():
    redrive = RESOURCES["MailNoticesQueue"]["RedrivePolicy"]["deadLetterTargetArn"]
    assert redrive == {"Fn::GetAtt": ["MailNoticesDeadLetterQueue", "Arn"]}
    dead, queue = RESOURCES["MailNoticesDeadLetterQueue"], RESOURCES["MailNoticesQueue"]
    assert dead["MessageRetentionPeriod"] >= queue["MessageRetentionPeriod"]
    assert "MailNoticesDeadLetterQueue" in json.dumps(RESOURCES["MailNoticesDeadAlarm"])


def test_only_the_topic_may_send_and_only_ses_may_publish():
    for name, service in (("MailTopicPolicy", "ses"), ("MailNoticesQueuePolicy", "sns")):
        allowed, denied = RESOURCES[name]["PolicyDocument"]["Statement"]
        assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
        assert allowed["Principal"] == {"Service": f"{service}.amazonaws.com"}
        assert "aws:SourceArn" in json.dumps(allowed["Condition"])


def test_the_records_of_dkim_spf_and_dmarc_are_told():
    outputs = NOTICES["Outputs"]
    assert {
        "DkimRecord1",
        "DkimRecord2",
        "DkimRecord3",
        "SpfRecord",
        "ReturnRecord",
        "DmarcRecord",
    } <= set(outputs)
    assert "MailConfigurationSet" in outputs
