"""Pages of joining a space, and of a person's own plans: one module for each idea."""
