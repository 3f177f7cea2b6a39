"""Why a decision is refused."""

from campaignhub.errors import DomainError


class AlreadyDecided(DomainError):
    """Another decision came first, or the submission is not where this one starts from."""


class AskedAlready(DomainError):
    """The entrant has had the one retry there is; now it is approved or rejected."""


class ReasonsNeeded(DomainError):
    """A rejection or a new request says why, with one to three fitting reasons."""


class TooLateToUndo(DomainError):
    """Only one's own last decision is undone, and only within the undo minute."""


class NoteNeeded(DomainError):
    """Taking something back, or in after all, needs a word on why; the log keeps it."""

    code = "note_needed"


class MessageNeeded(DomainError):
    """What is taken away from an entrant is explained to them, in words of its own."""

    code = "message_needed"
