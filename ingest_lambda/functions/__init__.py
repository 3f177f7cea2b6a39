"""What each function does, and what Django does to the table through the door: one module or package each."""
