"""Forms for uploads: what they allow, and where they lead."""

import base64
import json
from typing import Any

import boto3
import pytest
from botocore.config import Config as SdkConfig
from botocore.credentials import Credentials

from ingest_lambda.adapters.bucket import UploadForms, open_forms
from ingest_lambda.config import Config
from ingest_lambda.contract import Upload

UPLOAD = Upload(
    field="receipt",
    receipt=1,
    part=1,
    key="incoming/summer/01971111/1/1-1-ab",
    size=98_304,
    content_type="image/jpeg",
)


def conditions(fields: dict[str, str]) -> list[str]:
    policy = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    return sorted(json.dumps(condition) for condition in policy)


@pytest.mark.parametrize("token", [None, "session"])
def test_a_form_says_what_the_sdks_own_client_would_say(token):
    client = boto3.client(
        "s3",
        region_name="eu-west-1",
        aws_access_key_id="AKIA",
        aws_secret_access_key="secret",
        aws_session_token=token,
        config=SdkConfig(signature_version="s3v4"),
    )
    theirs: dict[str, Any] = client.generate_presigned_post(
        "receipts",
        UPLOAD.key,
        Fields={"Content-Type": "image/jpeg", "success_action_status": "201"},
        Conditions=[
            ["content-length-range", 98_304, 98_304],
            {"Content-Type": "image/jpeg"},
            {"success_action_status": "201"},
        ],
        ExpiresIn=1800,
    )["fields"]
    forms = UploadForms(
        "https://receipts.s3.eu-west-1.amazonaws.com/",
        "receipts",
        "eu-west-1",
        Credentials("AKIA", "secret", token),
    )
    url, ours = forms.upload_form(UPLOAD)
    # The two may have been signed in different seconds.
    dated = {"policy", "x-amz-signature", "x-amz-date"}
    assert set(ours) == set(theirs)
    assert {k: ours[k] for k in set(ours) - dated} == {k: theirs[k] for k in set(ours) - dated}
    without_date = [
        [line for line in conditions(fields) if "x-amz-date" not in line]
        for fields in (ours, theirs)
    ]
    assert without_date[0] == without_date[1]
    assert url == "https://receipts.s3.eu-west-1.amazonaws.com/"


@pytest.mark.parametrize(
    ("region", "settings", "url"),
    [
        ("eu-west-1", {}, "https://b.s3.eu-west-1.amazonaws.com/"),
        ("cn-north-1", {}, "https://b.s3.cn-north-1.amazonaws.com.cn/"),
        (
            "eu-west-1",
            {"aws_endpoint_url": "http://inside:1", "s3_public_endpoint": "http://outside:2"},
            "http://outside:2/b",
        ),
    ],
)
def test_a_form_leads_to_where_browsers_reach_the_bucket(monkeypatch, region, settings, url):
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    assert open_forms(Config(bucket_name="b", **settings)).upload_form(UPLOAD)[0] == url
