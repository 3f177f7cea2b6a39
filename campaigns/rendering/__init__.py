"""From a release's content to the files of its page: static HTML, one stylesheet, one script."""

from campaigns.rendering.content import PageContent as PageContent
from campaigns.rendering.content import PageField as PageField
from campaigns.rendering.content import PageNote as PageNote
from campaigns.rendering.content import PageOption as PageOption
from campaigns.rendering.content import PagePrize as PagePrize
from campaigns.rendering.page import render_page as render_page
from campaigns.rendering.policy import content_security_policy as content_security_policy
from campaigns.rendering.policy import framed_by as framed_by
from campaigns.rendering.policy import policy_of as policy_of
from campaigns.rendering.rules import render_rules as render_rules
