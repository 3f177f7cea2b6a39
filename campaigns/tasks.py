"""What runs by the clock."""

from typing import Any

TIMETABLE: dict[str, dict[str, Any]] = {}
