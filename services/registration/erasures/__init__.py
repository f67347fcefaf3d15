"""Erasures: a rider is forgotten here at once, and every other service answers with a receipt."""
