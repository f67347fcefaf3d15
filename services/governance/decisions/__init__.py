"""What staff decide about reports: verified, rejected, merged."""
