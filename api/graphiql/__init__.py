"""GraphiQL, for development: a page in which a person writes queries, without any other host."""
