"""Hostile files become pictures, or a reason why not. Decoded here and nowhere else.

``child`` is a program of its own, started by ``adapters.decoder``, which loads no
decoder. The two speak by ``protocol``; ``decode`` is what the child does with a
file, ``limits`` what one file may cost.
"""

from ingest_lambda.pictures.picture import NoPicture as NoPicture
from ingest_lambda.pictures.picture import Picture as Picture
from ingest_lambda.pictures.picture import check_size as check_size
from ingest_lambda.pictures.picture import sha256_of as sha256_of
