"""Training: courses that riders order, the classes that open for them, attendance and certificates."""
