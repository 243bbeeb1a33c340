"""What is done in the background: the relay of changes, jobs, and webhooks."""
