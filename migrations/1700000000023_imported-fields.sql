-- What an import of a newer export must know: the time of the source's version that was imported last, and hashes of
-- its fields that the user can change here, such as the title of a conversation. A field that has another value now was
-- changed here and stays. Hashes, so that nothing of an item remains when the user deletes it.
alter table import_mappings
  add column source_updated_at timestamptz,
  add column fields jsonb not null default '{}';
