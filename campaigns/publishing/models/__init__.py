"""The tables of what was published."""

from campaigns.publishing.models.release import Placement, Release

__all__ = ["Placement", "Release"]
