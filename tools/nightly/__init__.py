"""The night's work: what the house is told each morning, what is odd, what came of things, what is forgotten."""
