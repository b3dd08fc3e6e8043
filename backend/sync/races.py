"""What may go wrong while a command is being done that is nobody's mistake."""

import asyncpg

RACES = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.UniqueViolationError,
    asyncpg.InFailedSQLTransactionError,  # a verb went on after one of the others
)
"""Somebody else did something at the same moment: what failed is tried again."""

GONE = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, asyncpg.InterfaceError, ConnectionError)
"""The database went away, or another of its connections must do."""
