"""The first call of a page: an id, a token, and a form for each photo.

Nothing is stored, but for a count of the places that a submission has been given
once its photos are replaced or added to.
"""

from ingest_lambda.functions.start.starter import Caller as Caller
from ingest_lambda.functions.start.starter import Starter as Starter
from ingest_lambda.functions.start.starter import new_submission_id as new_submission_id
from ingest_lambda.functions.start.uploads import MOST_KEYS as MOST_KEYS
