"""The one door to the public path: what Django may do to the table, and how.

No key, condition or token is written on this side; everything here hands over
to the functions' own code.
"""

from campaignhub.ingest import clients as clients
from campaignhub.ingest.people import api_key_hash as api_key_hash
from campaignhub.ingest.people import block_hash as block_hash
from campaignhub.ingest.people import is_phone as is_phone
from campaignhub.ingest.people import mailbox_hash as mailbox_hash
from campaignhub.ingest.people import person_hash as person_hash
from campaignhub.ingest.people import sign_token as sign_token
from campaignhub.ingest.releases import announce_token_keys as announce_token_keys
from campaignhub.ingest.releases import bind_partner as bind_partner
from campaignhub.ingest.releases import publish_release as publish_release
from campaignhub.ingest.releases import put_block_list as put_block_list
from campaignhub.ingest.releases import read_current as read_current
from campaignhub.ingest.releases import read_release as read_release
from campaignhub.ingest.releases import set_current as set_current
from campaignhub.ingest.releases import unbind_partner as unbind_partner
from campaignhub.ingest.stock import confirm_awards as confirm_awards
from campaignhub.ingest.stock import load_blocks as load_blocks
from campaignhub.ingest.stock import load_moments as load_moments
from campaignhub.ingest.stock import offer_held as offer_held
from campaignhub.ingest.stock import open_batch as open_batch
from campaignhub.ingest.stock import put_fallback as put_fallback
from campaignhub.ingest.stock import read_given as read_given
from campaignhub.ingest.stock import read_given_units as read_given_units
from campaignhub.ingest.stock import restore_blocks as restore_blocks
from campaignhub.ingest.stock import restore_given as restore_given
from campaignhub.ingest.stock import restore_moments as restore_moments
from campaignhub.ingest.stock import returned_units as returned_units
from campaignhub.ingest.stock import withdraw_from_blocks as withdraw_from_blocks
from campaignhub.ingest.stock import withdraw_units as withdraw_units
from campaignhub.ingest.submissions import absent_items as absent_items
from campaignhub.ingest.submissions import all_records as all_records
from campaignhub.ingest.submissions import apply_decision as apply_decision
from campaignhub.ingest.submissions import delete_submission as delete_submission
from campaignhub.ingest.submissions import forget_photo as forget_photo
from campaignhub.ingest.submissions import items_after as items_after
from campaignhub.ingest.submissions import mend_submission as mend_submission
from campaignhub.ingest.submissions import read_submission as read_submission
from campaignhub.ingest.submissions import records_after as records_after
from campaignhub.ingest.submissions import records_of as records_of
from campaignhub.ingest.submissions import restore_item as restore_item
from campaignhub.ingest.submissions import restore_submission as restore_submission
from campaignhub.ingest.submissions import submissions_of_hour as submissions_of_hour
from campaignhub.ingest.submissions import write_records as write_records
from ingest_lambda.adapters import stock as _stock
from ingest_lambda.adapters import table as _table
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions import decide, held, publish
from ingest_lambda.rules import promises, windows

IngestBusy = TryAgain
"""The table is busy or away; do the same again later."""
Superseded = publish.Superseded
"""A later release or revision is in force already."""
SubmissionMissing = decide.SubmissionMissing
LedgerLine = _table.LedgerLine
"""One submission as the index by hour tells of it."""
ItemLine = _table.ItemLine
"""One item of the table by name and version."""
UnsentPhoto = _table.UnsentPhoto
"""A photo that no submission named when it was looked for."""
BlockListTooLong = _table.BlockListTooLong
HeldOffered = held.HeldOffered
"""How many held submissions were offered prizes, and whether more wait."""
BatchIsOpen = _stock.BatchIsOpen
"""The pool names the batch already, so its blocks may not be put again."""
MOST_BLOCKED = _table.MOST_BLOCKED
working_days_after = windows.working_days_after
promised_verdict = promises.promised_verdict
