"""Several server processes on one socket: who starts them, and what they tell of each other."""
