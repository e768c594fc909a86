"""The gateway's ledger in PostgreSQL: who may call how much, what was reserved and what was used.

`service` is what the gateway calls; `limits`, `budgets` and `report` are for administrators. Nothing
here sees a prompt or an answer.
"""
