"""The machine names and languages that every shape of a campaign is written with."""

from typing import Annotated

from pydantic import Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""The machine name of a field, consent, limit or prize; unique in its list."""
Language = Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
