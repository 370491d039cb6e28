-- Up Migration

-- A block is about whom or what its file is named for, and seldom says so: the words of the file's name are words of each of its blocks.
alter table memory_blocks drop column content_tsv;
alter table memory_blocks add column content_tsv tsvector
  generated always as (memory_lexemes(translate(regexp_replace(path, '^.*/|\.md$', '', 'g'), '_-', '  ') || ' ' || heading || ' ' || text)) stored;
