"""The catalogue, and the orders (点单) of riders."""
