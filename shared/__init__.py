"""What every service stands on: event contracts, the messaging kit, HTTP, identity, keys and places."""
