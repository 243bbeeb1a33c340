"""Who is asking, as it stands now: tokens, API keys, and whether their user may still sign in."""
