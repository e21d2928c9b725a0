"""Under the social tools: platform limits, checks, planning, texts, and what can be learned from own posts."""
