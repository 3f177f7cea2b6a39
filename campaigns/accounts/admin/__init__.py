"""The pages of clients, staff, senders and the audit log."""

from campaigns.accounts.admin import clients as clients
from campaigns.accounts.admin import log as log
from campaigns.accounts.admin import senders as senders
from campaigns.accounts.admin import staff as staff
