"""Arguments: which words of a message fill which argument of a tool. Code reads, nothing is invented."""
