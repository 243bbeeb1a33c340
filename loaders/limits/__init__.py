"""What a document may be: counted before it is parsed, and measured before it is validated."""
