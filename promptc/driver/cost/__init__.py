"""Cost: what prompts cost: prices, usage, concentration, conversations, chains, and what a change adds."""
