"""What the embedded default decides once, and where it listens."""

import socket
import stat

import pytest

from campaignhub.deployment.settings_file import outputs_as_environment
from campaignhub.local_aws.local import (
    choose_port,
    environment,
    read_json,
    secrets_of,
    write_json,
)
from campaignhub.local_aws.processes import EmbeddedError


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_secrets_are_made_once_and_only_their_owner_may_read_them(tmp_path):
    path = tmp_path / "env.json"
    first = secrets_of(path)

    assert secrets_of(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(set(first.values())) == 3
    kid, _, key = first["TOKEN_KEYS"].partition(":")
    assert (kid, len(bytes.fromhex(key))) == ("k1", 32)


def test_what_else_is_in_the_file_is_kept(tmp_path):
    path = tmp_path / "env.json"
    write_json(path, {"TABLE_NAME": "t"})
    secrets_of(path)

    assert read_json(path)["TABLE_NAME"] == "t"
    assert [entry.name for entry in tmp_path.iterdir()] == ["env.json"]


def test_a_taken_port_is_passed_over(taken_port):
    assert choose_port(taken_port, fixed=False, name="WEB_PORT") > taken_port


def test_a_taken_port_that_was_asked_for_is_an_error_that_names_it(taken_port):
    with pytest.raises(EmbeddedError, match=f"{taken_port}.*WEB_PORT"):
        choose_port(taken_port, fixed=True, name="WEB_PORT")


def test_site_and_emulator_do_not_get_the_same_port():
    port = choose_port(20_000, fixed=False, name="AWS_PORT")
    other = choose_port(port, fixed=False, name="WEB_PORT", taken=frozenset({port}))

    assert other != port


def test_one_start_does_not_decide_the_way_in_of_those_after_it():
    outputs = {"ApiUrl": "a", "IngestConsumer": "celery", "PipeTarget": "api", "TableName": "t"}
    written = environment({}, outputs, web="w", aws="e")
    assert written["TABLE_NAME"] == "t"
    assert not {"INGEST_CONSUMER", "PIPE_TARGET"} & set(written)


def test_outputs_are_named_as_the_environment_reads_them():
    assert outputs_as_environment({"SubmissionsDeadLetterQueueUrl": "u", "ApiUrl": "a"}) == {
        "SUBMISSIONS_DEAD_LETTER_QUEUE_URL": "u",
        "API_URL": "a",
    }
