"""What an installation's file says, held against what its templates take: all of it at once, and before any account is asked.

CloudFormation says the same later, one value at a time, by the template's name
and not by the file's, and with the stacks before it already there.
"""

import re
from collections.abc import Mapping
from typing import Any

from botocore.loaders import create_loader

from campaignhub.aws import EDGE_REGION

LIST_TYPE = "CommaDelimitedList"

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")

_OF_EXAMPLE = re.compile(r"111122223333|(^|[^a-z0-9-])example\.(com|net|org)\b|…", re.IGNORECASE)
"""AWS's account of examples, names that can't be registered (RFC 2606), and what is left out."""


def misfit(declared: Mapping[str, Any], text: str) -> str:
    """Say why a template does not take a value, without the value; nothing where it does.

    As CloudFormation reads it: a pattern is for the whole value, and of a list for each part.
    """
    parts = text.split(",") if declared["Type"] == LIST_TYPE else [text]
    return next(filter(None, (_misfit_of_one(declared, part.strip()) for part in parts)), "")


def _misfit_of_one(declared: Mapping[str, Any], text: str) -> str:
    if allowed := declared.get("AllowedValues"):
        texts = [str(value) for value in allowed]
        return "" if text in texts else f"must be one of {', '.join(texts)}"
    if declared["Type"] == "Number":
        return _misfit_of_number(declared, text)
    pattern = declared.get("AllowedPattern")
    if pattern and not re.fullmatch(pattern, text):
        described = declared.get("ConstraintDescription", f"must have the form {pattern}")
        return str(described).rstrip(".")
    least, most = declared.get("MinLength", 0), declared.get("MaxLength")
    if len(text) < least:
        return f"must have {least} characters at least"
    if most is not None and len(text) > most:
        return f"must have {most} characters at most"
    return ""


def _misfit_of_number(declared: Mapping[str, Any], text: str) -> str:
    if not _NUMBER.fullmatch(text):
        return "must be a number"
    least, most = declared.get("MinValue"), declared.get("MaxValue")
    if least is not None and float(text) < least:
        return f"must be {least} at least"
    if most is not None and float(text) > most:
        return f"must be {most} at most"
    return ""


def is_of_example(text: str) -> bool:
    """Tell whether a value still is the one of ``deployments/example.toml``, or as good as."""
    return bool(_OF_EXAMPLE.search(text))


def region_misfit(region: str, *, has_edge: bool) -> str:
    """Say why an installation can't be in a region; nothing where it can."""
    # Read from the SDK's data: a session would ask for the profile of the person at this machine.
    partitions = create_loader().load_data("endpoints")["partitions"]
    found = [str(one["partition"]) for one in partitions if region in one["regions"]]
    if not found:
        return "must be a region of AWS, such as eu-central-1"
    if has_edge and found != ["aws"]:
        return f"is of the partition {found[0]}, which has no {EDGE_REGION} for [edge]"
    return ""
