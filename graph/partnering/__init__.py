"""Partners at work: requests, who decides them, deals, leads, funds and shares."""
