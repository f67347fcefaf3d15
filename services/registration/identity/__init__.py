"""Identity: credentials, invitations, tokens, and the clients of services and platforms."""
