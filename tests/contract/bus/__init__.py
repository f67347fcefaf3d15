"""What every bus must hold."""
