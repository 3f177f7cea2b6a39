"""What came in: a folder a subject; each imports those before it, never those behind it.

``mirror``, ``mail``, ``receipts``, ``review``, ``intake``, ``operations``: the order
is checked (``[tool.importlinter]`` in pyproject.toml).
"""
