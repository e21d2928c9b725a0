"""What people say of the mail they want: unsubscribing, topics, pauses, and signing up with a confirmation."""
