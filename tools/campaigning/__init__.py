"""What stands behind the campaign tools: rules for a campaign's values, its figures, its results, its index entry."""
