"""The three ways in which submissions come to the writer, as settings of an installation."""

import os

BY_FUNCTION = {"INGEST_CONSUMER": "pipe", "PIPE_TARGET": "lambda"}
BY_API = {"INGEST_CONSUMER": "pipe", "PIPE_TARGET": "api"}
BY_WORKER = {"INGEST_CONSUMER": "celery"}
WAYS_IN = {"function": BY_FUNCTION, "api": BY_API, "worker": BY_WORKER}


def is_way_in_chosen() -> bool:
    """Tell whether one is named: then only what runs on the shared installation is of interest."""
    return "WAY_IN" in os.environ


def chosen_way_in() -> dict[str, str]:
    """Return the settings of the way that ``WAY_IN`` names; the function's without it. The soak has flows take each."""
    return WAYS_IN[os.environ.get("WAY_IN", "function")]
