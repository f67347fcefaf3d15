"""Codes sent by SMS, with which a rider proves to hold a phone."""
