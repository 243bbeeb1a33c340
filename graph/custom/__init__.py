"""Custom fields: properties `x_<name>` that the business defines while the server runs."""
