"""The article's day, played over the real HTTP APIs."""
