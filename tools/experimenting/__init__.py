"""What is behind the experiment tools: who gets which variant, the sample plan, the decision, what a test says."""
