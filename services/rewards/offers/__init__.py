"""What riders may spend points on."""
