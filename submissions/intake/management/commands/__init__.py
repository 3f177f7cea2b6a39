"""Each is one more entry point and holds no rule."""
