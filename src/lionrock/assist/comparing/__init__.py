"""Two texts compared by clause and by meaning: which clause answers which, and what differs in substance."""
