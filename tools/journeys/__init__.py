"""Running workflows: people are enrolled by triggers, advanced in batches, written to and called, counted and explained."""
