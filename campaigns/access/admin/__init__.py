"""The pages of partner keys and block lists."""

from campaigns.access.admin import pages as pages
