"""Hostile files become pictures, or a reason why not. Decoded here and nowhere else.

``child`` is a program of its own, started by ``adapters.decoder``, which loads no
decoder. The two speak by ``protocol``; ``decode`` is what the child does with a
file, ``limits`` what one file may cost.
"""

from ingest_lambda.pictures.picture import Copy, NoPicture, Picture, check_size, sha256_of

__all__ = ["Copy", "NoPicture", "Picture", "check_size", "sha256_of"]
