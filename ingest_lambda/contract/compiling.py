"""From a written catalogue to a compiled one. Needs Babel: the archives of the functions leave this module out."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_NO_DATE = datetime(1980, 1, 1, tzinfo=UTC)


def compiled(written: Path) -> bytes:
    """Return the compiled form of a catalogue, the same bytes from the same text.

    Raises:
        babel.messages.pofile.PoFileError: it is not written as a catalogue is.
    """
    with written.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    catalogue.creation_date = _NO_DATE  # else of today
    target = BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()
