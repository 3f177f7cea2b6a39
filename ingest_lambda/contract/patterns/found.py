"""A pattern that was read, or why it can't be used."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a pattern can't be used; Django has the sentence for each."""

    TOO_LONG = "too_long"
    TOO_HEAVY = "too_heavy"
    TOO_DEEP = "too_deep"
    GROUP_NOT_OPENED = "group_not_opened"
    GROUP_NOT_CLOSED = "group_not_closed"
    SET_NOT_CLOSED = "set_not_closed"
    SET_EMPTY = "set_empty"
    SET_IN_SET = "set_in_set"
    SET_OPERATION = "set_operation"
    NAMED_SET = "named_set"
    RANGE = "range"
    NOTHING_TO_REPEAT = "nothing_to_repeat"
    REPEATED_TWICE = "repeated_twice"
    POSSESSIVE = "possessive"
    COUNTS = "counts"
    BRACE = "brace"
    LOOKS_AROUND = "looks_around"
    REFERS_BACK = "refers_back"
    OPTIONS = "options"
    BOUNDARY = "boundary"
    ESCAPE = "escape"


class PatternError(ValueError):
    """A pattern can't be used: ``fault`` is why, ``part`` the piece of the pattern that is at fault."""

    def __init__(self, fault: Fault, part: str = "") -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.part = part


@dataclass(frozen=True)
class Pattern:
    """A pattern that browsers and functions read alike.

    ``weight`` counts the states of its automaton; matching takes at most that
    many steps a character. ``longest`` is the length in characters of the
    longest answer that it can match, infinite where there is none.
    """

    text: str
    weight: int
    longest: float
