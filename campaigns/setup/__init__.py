"""Campaigns as staff define them: form, limits, texts, state."""
