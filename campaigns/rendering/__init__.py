"""From a release's content to the files of its page: static HTML, one stylesheet, one script."""

from campaigns.rendering.content import PageContent, PageField, PageNote, PageOption
from campaigns.rendering.page import render_page
from campaigns.rendering.policy import content_security_policy, policy_of
from campaigns.rendering.rules import render_rules

__all__ = [
    "PageContent",
    "PageField",
    "PageNote",
    "PageOption",
    "content_security_policy",
    "policy_of",
    "render_page",
    "render_rules",
]
