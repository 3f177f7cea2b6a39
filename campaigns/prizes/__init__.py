"""Prizes: what can be won, when, and the codes that are given."""
