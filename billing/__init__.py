"""Charges, invoices, payments, receipts. Knows a space and a payer, not what is sold."""
