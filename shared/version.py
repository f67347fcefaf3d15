"""The version of everything: it is one distribution, and one image."""

VERSION = "0.1.0"
