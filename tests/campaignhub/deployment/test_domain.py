"""A domain is certified and led to the distribution, as far as it can be today; the rest is said."""

import boto3
import pytest

from campaignhub.deployment.domain import Domains, Record
from campaignhub.deployment.errors import CannotDeploy
from tests.campaignhub.deployment.scripted import NOW, Scripted
from tests.support.simulated_aws import empty_account

ARN = "arn:aws:acm:us-east-1:111122223333:certificate/1"
RECORD = {"Name": "_1.win.example.com.", "Type": "CNAME", "Value": "_2.acm-validations.aws."}


def certificate(status, *names, record=RECORD, proven=False, **more):
    option = {
        "DomainName": names[0],
        "ValidationStatus": "SUCCESS" if proven else "PENDING_VALIDATION",
    }
    if record:
        option["ResourceRecord"] = record
    found = {
        "CertificateArn": ARN,
        "Status": status,
        "SubjectAlternativeNames": list(names),
        "DomainValidationOptions": [option],
        **more,
    }
    return {"Certificate": found}


def zones(*names):
    return {
        "HostedZones": [
            {
                "Id": f"/hostedzone/{name.upper().replace('.', '')}",
                "Name": f"{name}.",
                "CallerReference": "x",
                "Config": {"PrivateZone": name.startswith("private.")},
            }
            for name in names
        ],
        "Marker": "",
        "IsTruncated": False,
        "MaxItems": "100",
    }


@pytest.fixture
def acm():
    scripted = Scripted("acm")
    yield scripted
    scripted.all_asked()


@pytest.fixture
def route53():
    scripted = Scripted("route53")
    yield scripted
    scripted.all_asked()


@pytest.fixture
def said():
    return []


@pytest.fixture
def domains(acm, route53, said):
    return Domains(acm.client, route53.client, said.append, pause_seconds=0)


def upserted(zone, *records):
    changes = [{"Action": "UPSERT", "ResourceRecordSet": record} for record in records]
    return {"HostedZoneId": zone, "ChangeBatch": {"Changes": changes}}


CHANGED = {"ChangeInfo": {"Id": "1", "Status": "PENDING", "SubmittedAt": NOW}}
VALIDATION = {
    "Name": "_1.win.example.com",
    "Type": "CNAME",
    "TTL": 300,
    "ResourceRecords": [{"Value": "_2.acm-validations.aws"}],
}


def test_a_name_in_a_zone_of_the_account_is_certified_without_a_person(acm, route53, domains):
    acm.then("list_certificates", {"CertificateSummaryList": []})
    asked = {"DomainName": "win.example.com", "ValidationMethod": "DNS"}
    acm.then("request_certificate", {"CertificateArn": ARN}, asked)
    # ACM says a little later which records it wants.
    acm.then(
        "describe_certificate", certificate("PENDING_VALIDATION", "win.example.com", record=None)
    )
    acm.then("describe_certificate", certificate("PENDING_VALIDATION", "win.example.com"))
    route53.then("list_hosted_zones", zones("example.com", "win.example.com", "private.x"))
    wanted = upserted("/hostedzone/WINEXAMPLECOM", VALIDATION)
    route53.then("change_resource_record_sets", CHANGED, wanted)
    acm.then("describe_certificate", certificate("PENDING_VALIDATION", "win.example.com"))
    acm.then("describe_certificate", certificate("ISSUED", "win.example.com"))

    assert domains.certify(["win.example.com"], seconds=60) == ARN


def test_a_record_that_a_person_must_set_is_said(acm, route53, domains, said):
    acm.then("list_certificates", {"CertificateSummaryList": []})
    acm.then("request_certificate", {"CertificateArn": ARN})
    for _ in range(2):
        acm.then("describe_certificate", certificate("PENDING_VALIDATION", "win.example.com"))
    route53.then("list_hosted_zones", zones("example.org"))

    with pytest.raises(CannotDeploy, match=r"run this again: _1\.win\.example\.com CNAME _2"):
        domains.certify(["win.example.com"], seconds=0)
    assert said[-1] == "Set: _1.win.example.com CNAME _2.acm-validations.aws"


def test_run_again_it_finds_its_own_certificate_and_no_other(acm, domains):
    other = ARN.replace("/1", "/2")
    summaries = [
        {"CertificateArn": other, "DomainName": "win.example.com"},
        {"CertificateArn": ARN, "DomainName": "win.example.com"},
    ]
    acm.then("list_certificates", {"CertificateSummaryList": summaries})
    names = ["win.example.com", "promo.example.org"]
    acm.then(
        "describe_certificate", certificate("ISSUED", "win.example.com"), {"CertificateArn": other}
    )
    for _ in range(3):
        acm.then(
            "describe_certificate", certificate("ISSUED", *reversed(names)), {"CertificateArn": ARN}
        )

    assert domains.certify(names, seconds=0) == ARN


def test_a_certificate_that_is_refused_says_why(acm, route53, domains):
    acm.then("list_certificates", {"CertificateSummaryList": []})
    asked = {
        "DomainName": "win.example.com",
        "ValidationMethod": "DNS",
        "SubjectAlternativeNames": ["promo.example.org"],
    }
    acm.then("request_certificate", {"CertificateArn": ARN}, asked)
    failed = certificate("FAILED", "win.example.com", proven=True, FailureReason="CAA_ERROR")
    for _ in range(2):
        acm.then("describe_certificate", failed)

    with pytest.raises(CannotDeploy, match="not issued: CAA_ERROR"):
        domains.certify(["win.example.com", "promo.example.org"], seconds=0)


def test_a_name_of_another_registrar_is_led_there_by_a_person(route53, domains, said):
    route53.then("list_hosted_zones", zones("example.org"))

    assert not domains.point("win.example.com", "d1.cloudfront.net")
    assert said == ["Set: win.example.com CNAME d1.cloudfront.net"]


def test_two_runs_in_an_account_ask_for_one_certificate_and_set_each_record_once(said):
    with empty_account():
        zones_of_account = boto3.client("route53", region_name="us-east-1")
        zone = zones_of_account.create_hosted_zone(Name="example.com", CallerReference="1")
        domains = Domains.of(boto3.Session(), said.append)
        for _ in range(2):
            with pytest.raises(CannotDeploy, match=r"not issued yet\. Run this again\."):
                domains.certify(["win.example.com"], seconds=0)
            assert domains.point("win.example.com", "d1.cloudfront.net")
        held = zones_of_account.list_resource_record_sets(HostedZoneId=zone["HostedZone"]["Id"])
        asked_for = boto3.client("acm", region_name="us-east-1").list_certificates()
    kinds = sorted(one["Type"] for one in held["ResourceRecordSets"] if "win" in one["Name"])
    assert kinds == ["A", "AAAA", "CNAME"]
    assert len(asked_for["CertificateSummaryList"]) == 1
    assert len([line for line in said if line.startswith("Asked")]) == 1


def test_a_record_is_shown_as_a_zone_file_has_it():
    assert str(Record("a", "CNAME", "b")) == "a CNAME b"
