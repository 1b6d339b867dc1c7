"""Alembic's entry: the engine is handed over by ``hotline.database``."""

from alembic import context

from hotline.records import Record

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Record.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
