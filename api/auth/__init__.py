"""Who may call: keys, tokens, people who sign in, what each may do and how often."""
