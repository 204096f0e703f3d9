"""Money in the operators' admin: what is owed and paid, the papers, the books and the bank's list."""
