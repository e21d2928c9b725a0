"""What a way into the house needs whose callers are programs: their tokens, and requests that may arrive twice."""
