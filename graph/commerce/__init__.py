"""Commerce: what a product costs whom, what goes on a document, and which step may follow which.

`reading` holds the read statements and what they yield; everything else is computed from plain
values and knows no graph.
"""
