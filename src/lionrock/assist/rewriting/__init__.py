"""A text in plain language or another register, sentence by sentence, each checked against its original."""
