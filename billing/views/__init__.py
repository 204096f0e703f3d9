"""What a payer sees of money: the statement, the papers, and asking for a receipt."""
