"""Partners: laundries, barbers, clinics and others, and their accounts."""
