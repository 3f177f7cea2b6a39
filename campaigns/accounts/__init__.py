"""Clients, people and roles: who may do what for whom, and the log of what was done."""
