"""Photos of hazards: sealed files outside the database, recognised when they come again."""
