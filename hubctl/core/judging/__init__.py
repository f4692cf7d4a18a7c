"""What judges and what helps it: the subject, findings, what LiteLLM knows, fixes."""
