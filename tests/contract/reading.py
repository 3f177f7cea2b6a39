"""Read a sample."""

import json
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> Any:
    """Return the golden message of this name."""
    return json.loads((SAMPLES / f"{name}.json").read_text())
