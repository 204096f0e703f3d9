"""Pages, by what a person comes for."""
