"""What a deployment gave is what the site is set to."""

import json
import stat

from campaignhub.deployment.settings_file import settings_of, store_settings
from campaignhub.deployment.template import INGEST, read_template
from campaignhub.env import Env

OUTPUTS = {"TableName": "t", "ApiUrl": "https://api/live", "PublicUploadUrl": "https://bucket"}


def test_the_site_reads_what_was_stored(tmp_path, monkeypatch):
    path = tmp_path / "deployments" / "demo.json"
    assert store_settings(path, settings_of(OUTPUTS, region="eu-central-1", label="demo"))
    for name in list(json.loads(path.read_text())):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("CAMPAIGNHUB_ENV_FILE", str(path))

    site = Env()

    assert (site.table_name, site.aws_region, site.environment_label) == (
        "t",
        "eu-central-1",
        "demo",
    )
    assert (site.public_api_url, site.public_upload_url) == ("https://api/live", "https://bucket")
    assert site.aws_endpoint_url is None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_stands_before_the_gateway_is_where_pages_call():
    settings = settings_of({**OUTPUTS, "PublicApiUrl": "https://win"}, region="r", label="l")
    assert settings["PUBLIC_API_URL"] == "https://win"


def test_the_site_is_told_which_way_in_submissions_take():
    """Without it nobody would read the queue that a stopped Pipe leaves to the worker."""
    assert {"IngestConsumer", "PipeTarget"} <= set(read_template(INGEST)["Outputs"])
    outputs = {"IngestConsumer": "celery", "PipeTarget": "api"}
    settings = settings_of(outputs, region="eu-central-1", label="demo")
    assert (settings["INGEST_CONSUMER"], settings["PIPE_TARGET"]) == ("celery", "api")
    assert {"ingest_consumer", "pipe_target"} <= set(Env.model_fields)


def test_the_same_again_is_nothing_new(tmp_path):
    path = tmp_path / "demo.json"
    assert store_settings(path, {"A": "1"})
    assert not store_settings(path, {"A": "1"})
    assert store_settings(path, {"A": "2"})
