"""Text files as spreadsheets and editors save them: which encoding, and what is no text."""

import codecs

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OF_WINDOWS = "cp1252"
"""What spreadsheets of western Europe save as CSV unless they are told otherwise."""


WORKBOOK = (
    "This is an Excel workbook. In Excel choose Save as, then CSV UTF-8, and upload that file."
)


def is_workbook(head: bytes) -> bool:
    """Whether a file is no text but a spreadsheet's own, by its first bytes."""
    return head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def encoding_of(head: bytes) -> str:
    """Return the encoding of a text by its first bytes: by its mark, else by what it can only be."""
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    # UTF-16 without its mark has a zero in every other byte of plain letters.
    even, odd = head[0:400:2].count(0), head[1:400:2].count(0)
    most = max(len(head[:400]) // 4, 1)
    if odd > most or even > most:
        return "utf-16-le" if odd > most else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return _OF_WINDOWS
    return "utf-8"
