"""The root of the staff side's errors: a rule said no."""

import re
from typing import ClassVar


class DomainError(Exception):
    """A rule said no.

    The message is worded for the person who asked and shown to them; it is not
    logged as a fault. ``code`` is for machines: the name of the error in snake case.
    """

    code: ClassVar[str] = "refused"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
