"""What one language's catalogue of sentences holds."""

from collections.abc import Mapping
from dataclasses import dataclass

from ingest_lambda.contract.reasons import ReasonCode
from ingest_lambda.contract.words import LimitScope, WindowKind


@dataclass(frozen=True)
class Catalogue:
    """All sentences of one language; the braces hold what a reason or limit fills in."""

    plain: Mapping[ReasonCode, str]
    """One for every code."""
    compared: Mapping[ReasonCode, str]
    """With ``{found}`` and ``{expected}``, where the two read better inside the sentence."""
    wanted: Mapping[ReasonCode, str]
    """With ``{expected}`` alone, where nothing found is worth repeating."""
    comparison: str
    """The general form of the two beside ``{sentence}``."""
    limit_once: Mapping[LimitScope, str]
    limit_often: Mapping[LimitScope, str]
    limit_several: str
    """Where an entry shows ``{wanted}`` receipts at once, more than there is room for at a store."""
    limit_when: Mapping[WindowKind, str]
    again: str
    again_receipt: str
    again_receipts: str
    """The two in the place of ``again`` where receipts are counted: for one, and for several at once."""
    again_now: str
