"""`cheqi rehearse`: a district's day at its real size, on whatever setup runs."""
