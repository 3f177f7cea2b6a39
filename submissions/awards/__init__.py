"""Awards: what a submission won as the table gives it, what its entrant is told of that, and a campaign's results."""
