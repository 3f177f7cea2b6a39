"""The first call of a page: an id, a token, and a form for each photo.

Nothing is stored, but for a count of the places that a submission has been given
once its photos are replaced or added to.
"""

from ingest_lambda.functions.start.starter import Caller, Starter, new_submission_id
from ingest_lambda.functions.start.uploads import MOST_KEYS

__all__ = ["MOST_KEYS", "Caller", "Starter", "new_submission_id"]
