"""One adapter a platform."""
