"""The staff side of campaigns."""
