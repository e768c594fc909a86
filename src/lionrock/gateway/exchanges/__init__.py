"""What was asked and answered at the OpenAI door, kept sealed where the tenant keeps it.

`said` reads an answer as it goes by, `taking` holds one exchange while its call is under way, `keeper`
writes it before the call is settled, `service` shows it, `personal` finds, erases and ages it.
"""
