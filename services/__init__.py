"""The services of Cheqi; none imports another."""
