"""Tests of Cheqi, by what they touch."""
