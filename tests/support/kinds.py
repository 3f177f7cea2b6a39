"""First bytes of files, and what page and function say of them: both must say the same."""

from ingest_lambda.contract.photos import Kind


def box(*brands: bytes, size: int | None = None) -> bytes:
    """Return an ``ftyp`` box with these brands, the first of them the major one."""
    body = brands[0] + b"\0\0\0\0" + b"".join(brands[1:])
    length = len(body) + 8 if size is None else size
    return length.to_bytes(4, "big") + b"ftyp" + body + b"\0\0\0\x08meta" + bytes(64)


HEADS: dict[str, tuple[bytes, Kind | None]] = {
    "jpeg": (b"\xff\xd8\xff\xe1", Kind.JPEG),
    "jpeg of two bytes": (b"\xff\xd8", None),
    "png": (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    "png through a text filter": (b"\x89PNG\n\x1a\n", None),
    "webp": (b"RIFF\0\0\0\0WEBPVP8 ", Kind.WEBP),
    "wave": (b"RIFF\0\0\0\0WAVEfmt ", None),
    "heic": (box(b"heic", b"mif1", b"heic"), Kind.HEIC),
    "hevx first": (box(b"hevx", b"mif1", b"heic", b"miaf"), Kind.HEIC),
    "mif1 first, of HEVC": (box(b"mif1", b"mif1", b"heic"), Kind.HEIC),
    "mif1 alone": (box(b"mif1"), Kind.HEIC),
    "mif1 first, of AV1": (box(b"mif1", b"avif", b"mif1", b"miaf"), Kind.AVIF),
    "avif": (box(b"avif", b"mif1"), Kind.AVIF),
    "avis": (box(b"avis", b"msf1"), Kind.AVIF),
    "a foreign brand first": (box(b"MiPr", b"mif1", b"MiHB", b"heic"), Kind.HEIC),
    "foreign brands only": (box(b"isom", b"mp42", b"iso2"), None),
    "a brand behind the box": (box(b"isom", b"heic", size=16), None),
    "a box without a size": (box(b"heic", size=0), Kind.HEIC),
    "a box that claims four gigabytes": (box(b"isom", b"heic", size=2**32 - 1), Kind.HEIC),
    "pdf": (b"%PDF-1.7\n", Kind.PDF),
    "pdf behind a mark": (b"\xef\xbb\xbf%PDF-1.7\n", Kind.PDF),
    "pdf behind 1,019 bytes": (b" " * 1019 + b"%PDF-1.7\n", Kind.PDF),
    "pdf behind 1,020 bytes": (b" " * 1020 + b"%PDF-1.7\n", None),
    "gif": (b"GIF89a" + bytes(40), None),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
    "html": (b"<!doctype html>", None),
    "nothing": (b"", None),
}
