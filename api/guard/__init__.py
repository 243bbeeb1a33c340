"""What stands between an accepted token and the executor: limits, budgets, admission."""
