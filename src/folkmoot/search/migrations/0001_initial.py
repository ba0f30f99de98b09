"""The table of words: an FTS5 table on SQLite, a generated tsvector on PostgreSQL."""

from django.db import migrations

SQLITE = (
    "CREATE VIRTUAL TABLE search_document USING fts5("
    "scope UNINDEXED, key UNINDEXED, title, body,"
    " tokenize = 'porter unicode61 remove_diacritics 2', prefix = '2 3')",
)
POSTGRESQL = (
    "CREATE TABLE search_document (scope text NOT NULL, key text NOT NULL, title text NOT NULL,"
    " body text NOT NULL, words tsvector GENERATED ALWAYS AS ("
    "setweight(to_tsvector('english', title), 'A') || to_tsvector('english', body)"
    " || to_tsvector('simple', body)) STORED)",
    "CREATE INDEX search_document_scope ON search_document (scope)",
    "CREATE INDEX search_document_words ON search_document USING gin (words)",
)


def create(apps, editor):
    statements = POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        editor.execute(statement)


def drop(apps, editor):
    editor.execute("DROP TABLE search_document")


class Migration(migrations.Migration):
    dependencies = []
    operations = [migrations.RunPython(create, drop)]
