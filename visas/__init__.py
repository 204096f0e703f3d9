"""What spaces give each other's people: the shared trial ticket and the Coworking VISA. Rules and rows."""
