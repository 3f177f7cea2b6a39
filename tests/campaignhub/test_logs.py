"""Log lines: one JSON object each, without what people typed."""

import json
import logging
import sys

from campaignhub.logs import JsonLine


def line_of(message: str, *args: object, error: BaseException | None = None) -> dict[str, str]:
    caught = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("campaigns", logging.WARNING, __file__, 1, message, args, caught)
    text = JsonLine().format(record)
    assert "\n" not in text
    parsed: dict[str, str] = json.loads(text)
    return parsed


def test_a_record_is_one_line_of_json():
    line = line_of("published %s\nin two lines", "summer")
    assert line["message"] == "published summer\nin two lines"
    assert (line["level"], line["logger"]) == ("warning", "campaigns")
    assert line["at"].endswith("+00:00")


def test_the_values_of_an_offending_row_stay_out():
    refused = ValueError("duplicate key\nDETAIL:  Key (email)=(ann@example.com) already exists.")
    line = line_of("failed", error=refused)
    assert line["exception"].endswith("ValueError: duplicate key")
    assert "ann@" not in line["exception"]


def test_a_cause_is_told_before_its_effect():
    try:
        try:
            raise KeyError("first")
        except KeyError as error:
            raise RuntimeError("second") from error
    except RuntimeError:
        line = line_of("failed", error=sys.exc_info()[1])
    told = line["exception"]
    assert told.index("KeyError") < told.index("RuntimeError")


def test_a_cause_that_was_hidden_on_purpose_stays_hidden():
    try:
        try:
            raise KeyError("first")
        except KeyError:
            raise RuntimeError("second") from None
    except RuntimeError:
        line = line_of("failed", error=sys.exc_info()[1])
    assert "KeyError" not in line["exception"]
