"""Rules of a line or two, each with the case in which it matters."""

from dataclasses import replace

import pytest
from anymail.exceptions import AnymailSerializationError
from botocore.exceptions import NoCredentialsError

from submissions.models import Heartbeat
from submissions.rules.clean import clean
from submissions.rules.words.english import ENGLISH
from submissions.services.heartbeat import beat
from submissions.services.mail_trouble import Outcome, outcome_of
from tests.submissions.factories import NOON


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NoCredentialsError(), Outcome.NOT_SENT),
        (AnymailSerializationError("x"), Outcome.REFUSED),
        (ConnectionResetError(), Outcome.UNKNOWN),
    ],
)
def test_an_error_proves_what_it_proves(error, outcome):
    assert outcome_of(error)[0] is outcome


def test_only_what_cannot_be_stored_is_replaced_however_deep_it_lies():
    assert clean({"a\x00": ["b\ud800", 1, None, float("inf"), -0.5], "c": "fine é"}) == {
        "a\ufffd": ["b\ufffd", 1, None, None, -0.5],
        "c": "fine é",
    }


def test_marks_that_turn_the_reading_direction_are_shown_as_unreadable():
    assert clean(["Ann\u202ereward", "\u2066x\u2069", "שלום \u200f"]) == [
        "Ann\ufffdreward",
        "\ufffdx\ufffd",
        "שלום \u200f",
    ]


def test_a_language_that_leaves_something_unsaid_is_refused_when_it_is_built():
    with pytest.raises(ValueError, match="no words for"):
        replace(ENGLISH, messages={})


@pytest.mark.django_db
def test_a_sign_of_life_is_one_row_a_consumer():
    for handled in (1, 5):
        beat("mirror-1", at=NOON, handled=handled)
    assert Heartbeat.objects.get().handled == 5
