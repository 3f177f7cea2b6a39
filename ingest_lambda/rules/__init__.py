"""The rules of the public path: pure functions on plain values, no clock, no network."""
