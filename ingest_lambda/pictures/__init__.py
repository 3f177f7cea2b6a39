"""Hostile files become pictures, or a reason why not. Decoded here and nowhere else.

``decoder`` is the function's end and loads no decoder; ``child`` is the program
at the other end of the pipes, and ``decode`` what it does. The limits of both
are in ``limits``.
"""

from ingest_lambda.pictures.decoder import Decoder, DecoderFault, shared_decoder
from ingest_lambda.pictures.picture import Copy, NoPicture, Picture, check_size, sha256_of

__all__ = [
    "Copy",
    "Decoder",
    "DecoderFault",
    "NoPicture",
    "Picture",
    "check_size",
    "sha256_of",
    "shared_decoder",
]
