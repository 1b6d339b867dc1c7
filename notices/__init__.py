"""Notices: what is asked of whom, in words; and how it surely gets there and back.

``composition`` writes the message, ``outbox`` keeps it and hands it over, ``reconciliation`` finds out about those of
which nobody knows, ``inbox`` takes the answers in. What a notice may say and when it may leave, others decide
(``takedown``); what its sending does to a case, the scheduler wires in through ``events``.
"""
