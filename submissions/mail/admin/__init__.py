"""The pages of mails; Django imports this to register them."""

from submissions.mail.admin import home as home
from submissions.mail.admin import mails as mails
