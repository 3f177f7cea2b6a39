"""What each function does: one module or package each. Django calls ``write``, ``decide`` and ``publish``."""
