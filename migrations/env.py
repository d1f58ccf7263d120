"""Alembic's entry: run the revisions on the engine that `syncd.store.migration` hands over."""

from alembic import context

from syncd.tables import metadata


def run() -> None:
    """Migrate inside one transaction."""
    engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=engine.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
