"""Keys of riders: what is personal is sealed under the rider's key, and erasing a rider destroys it."""
