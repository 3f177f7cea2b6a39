"""Health: alive, ready, and silent about the inside."""

import pytest
from django.test import Client

from campaignhub import aws
from campaignhub.env import env
from tests.support.simulated_aws import empty_account


@pytest.fixture
def queues(monkeypatch):
    aws.impatient_sqs.cache_clear()
    with empty_account():
        address = aws.sqs().create_queue(QueueName="mirror")["QueueUrl"]
        monkeypatch.setattr(env(), "mirror_queue_url", address)
        yield
    aws.impatient_sqs.cache_clear()
    aws.sqs.cache_clear()


def test_a_process_that_answers_is_alive(client: Client):
    answer = client.get("/healthz")
    assert answer.json() == {"status": "ok"}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_site_with_database_and_queues_is_ready(client: Client, queues):
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.content


@pytest.mark.django_db
def test_a_site_without_its_queue_says_so_and_no_more(client: Client, queues, monkeypatch):
    monkeypatch.setattr(env(), "mirror_queue_url", "https://sqs.us-east-1.amazonaws.com/1/gone")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "missing": ["queues"]}


@pytest.fixture
def public_name(settings):
    """Served over TLS under its own name."""
    settings.ALLOWED_HOSTS = ["campaigns.example"]
    settings.SECURE_SSL_REDIRECT = True


@pytest.mark.usefixtures("public_name")
def test_a_load_balancer_asks_by_address_and_over_plain_http():
    assert Client().get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert Client().get("/", headers={"host": "10.0.0.7:8000"}).status_code == 400
    assert Client().get("/", headers={"host": "campaigns.example"}).status_code == 301


@pytest.mark.django_db
@pytest.mark.usefixtures("public_name")
def test_readiness_is_asked_by_address_too(queues):
    assert Client().get("/readyz", headers={"host": "10.0.0.7:8000"}).status_code == 200
