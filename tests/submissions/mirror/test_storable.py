"""What cannot be stored or shown of what people send is replaced."""

from submissions.mirror.rules.storable import storable


def test_only_what_cannot_be_stored_is_replaced_however_deep_it_lies():
    assert storable({"a\x00": ["b\ud800", 1, None, float("inf"), -0.5], "c": "fine é"}) == {
        "a\ufffd": ["b\ufffd", 1, None, None, -0.5],
        "c": "fine é",
    }


def test_marks_that_turn_the_reading_direction_are_shown_as_unreadable():
    assert storable(["Ann\u202ereward", "\u2066x\u2069", "שלום \u200f"]) == [
        "Ann\ufffdreward",
        "\ufffdx\ufffd",
        "שלום \u200f",
    ]
