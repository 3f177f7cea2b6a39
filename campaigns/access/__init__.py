"""Who is let in beside visitors, and who is not: partner keys and block lists."""
