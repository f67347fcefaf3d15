"""What a form offers to choose from: sub-districts, communities, platform companies."""
