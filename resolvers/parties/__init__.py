"""Customers: people, companies and households, and everything around them."""
