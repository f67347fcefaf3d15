"""Photos: checked, stripped and encoded anew before anything keeps them, and kept outside the databases."""
