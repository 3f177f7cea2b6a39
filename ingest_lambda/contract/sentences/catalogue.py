"""What one language's catalogue of sentences holds."""

from collections.abc import Mapping
from dataclasses import dataclass

from ingest_lambda.contract.reasons import ReasonCode
from ingest_lambda.contract.words import LimitScope, WindowKind


@dataclass(frozen=True)
class Catalogue:
    """All sentences of one language, with the values of a reason or limit in braces."""

    plain: Mapping[ReasonCode, str]
    """One for every code."""
    compared: Mapping[ReasonCode, str]
    """With ``{found}`` and ``{expected}``, for reasons that name both inside their sentence."""
    wanted: Mapping[ReasonCode, str]
    """With ``{expected}`` alone, for reasons that do not repeat what was found."""
    comparison: str
    """The general form of the two beside ``{sentence}``."""
    limit_once: Mapping[LimitScope, str]
    limit_often: Mapping[LimitScope, str]
    limit_several: str
    """For a submission with ``{wanted}`` receipts of one store, more than its limit has left."""
    limit_when: Mapping[WindowKind, str]
    again: str
    again_receipt: str
    again_receipts: str
    """The two in the place of ``again`` where receipts are counted: for one, and for several at once."""
    again_now: str
