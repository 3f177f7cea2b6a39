"""The tables of partner keys and block lists."""

from campaigns.access.models.block import BlockEntry
from campaigns.access.models.partner import PartnerKey

__all__ = ["BlockEntry", "PartnerKey"]
