"""One thing that a check found, and where to mend it."""

from dataclasses import dataclass

TABS = ("Basics", "Page", "Form", "Limits", "Prizes", "Rules & legal", "Mails", "Publish")
"""The tabs of a campaign in the admin, in the order of the work."""


@dataclass(frozen=True)
class Finding:
    """What was found, in a sentence that says what to do, and where a link has to lead.

    ``field`` is the name of a column of the campaign, or of ``client``,
    ``form_fields`` or ``limits`` as ``client.address``; ``row`` names the form
    field or the limit, ``language`` the language that has a gap.
    """

    code: str
    tab: str
    field: str
    message: str
    row: str = ""
    language: str = ""
    is_typed: bool = False
    """Whether a caution is confirmed by typing the campaign's address instead of by a tick."""

    @property
    def key(self) -> str:
        """What a tick names: the same thing found again keeps its key."""
        return ":".join(part for part in (self.code, self.row, self.language) if part)
