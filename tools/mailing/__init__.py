"""What is behind the email tools: mailings and their recipients, texts for them, and what came of them."""
