"""The kinds of job of this room."""

from campaigns.jobs.services.registry import offer, register
from campaigns.workbench.services.republish import REPUBLISH, start_republish

register(REPUBLISH)
offer(
    REPUBLISH,
    "Publish everything again",
    "Writes every published campaign to table and host again, with block lists, partners' keys and "
    "names of token keys. For a table or a host that lost something; else it changes nothing.",
    start_republish,
)
