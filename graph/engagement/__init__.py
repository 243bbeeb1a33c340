"""Rules of the dialogue with customers, without the graph: stages, clocks, mail, mentions."""
