"""Registration: riders, staff and partners, who they are and how they sign in."""
