"""The pattern that staff type for a field: what is wrong with it, and how it is published."""

import unicodedata

from ingest_lambda.contract.patterns import Fault, PatternError, read_pattern

_SENTENCES = {
    Fault.TOO_LONG: "The pattern is too long once signs like \\s are spelled out. Shorten it.",
    Fault.TOO_HEAVY: "The pattern is too large, because counts multiply. Use smaller counts.",
    Fault.TOO_DEEP: "The pattern has too many groups inside each other. Simplify it.",
    Fault.GROUP_NOT_OPENED: "The pattern has a “)” without a “(”. Write “\\)” for the sign itself.",
    Fault.GROUP_NOT_CLOSED: "The pattern has a “(” without a “)”. Write “\\(” for the sign itself.",
    Fault.SET_NOT_CLOSED: "The pattern has a “[” without a “]”. Write “\\[” for the sign itself.",
    Fault.SET_EMPTY: "The set “{part}” matches no character. Add characters to it.",
    Fault.SET_IN_SET: "The pattern has a “[” inside a set. Write “\\[” for the sign itself, "
    "and A-Za-z for letters.",
    Fault.SET_OPERATION: "A set can't use “{part}”. Write the sign once.",
    Fault.NAMED_SET: "A pattern can't use “{part}”. Write the characters out, such as "
    "[A-Za-zÀ-ÖØ-öø-ſ] for letters with accents.",
    Fault.RANGE: "“{part}” isn't a range from a lower to a higher character. Correct it.",
    Fault.NOTHING_TO_REPEAT: "The pattern has nothing to repeat before “{part}”. "
    "Write “\\{part}” for the sign itself.",
    Fault.REPEATED_TWICE: "“{part}” repeats the same part twice. Use one count.",
    Fault.POSSESSIVE: "“{part}” repeats the same part twice. Use one sign.",
    Fault.COUNTS: "“{part}” has the higher count first. Swap the two.",
    Fault.BRACE: "“{{” starts no count in the pattern. Write “\\{{” for the sign itself.",
    Fault.LOOKS_AROUND: "A pattern can't look ahead or back, as with “{part}”. "
    "Describe the answer from its first to its last character.",
    Fault.REFERS_BACK: "A pattern can't refer to an earlier group, as with “{part}”. "
    "Write that part out again.",
    Fault.OPTIONS: "A pattern can't set options, as with “{part}”. Write both cases, such as [Aa].",
    Fault.BOUNDARY: "A pattern can't use “{part}”: it always covers the whole answer. Remove it.",
    Fault.ESCAPE: "“{part}” has no meaning in a pattern. Write the character itself.",
}


def pattern_problem(typed: str) -> str:
    """Return what is wrong with a pattern, as a sentence; empty where nothing is."""
    try:
        read_pattern(_normalised(typed))
    except PatternError as error:
        return _SENTENCES[error.fault].format(part=error.part)
    return ""


def published_pattern(typed: str) -> str:
    """Return a pattern as the page and the writer both read it.

    Empty where there is none, and where it can't be used: the page of a draft is
    drawn before the publish check has found that.
    """
    try:
        return read_pattern(_normalised(typed)).text
    except PatternError:
        return ""


def _normalised(typed: str) -> str:
    """Return the pattern in the form of the answers: an é is one character in both."""
    return unicodedata.normalize("NFC", typed)
