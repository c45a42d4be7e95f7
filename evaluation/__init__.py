"""How good the rules are that name things, measured on real filings: figures to compare before and after a change of rules."""
