"""The golden messages in ``samples/``: what crosses a border, as both sides must read and write it."""
