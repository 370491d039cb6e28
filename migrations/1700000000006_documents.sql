-- Documents of a user and their chunks, for search.

create table documents (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null,
  filename text not null,
  filepath text,
  doc_type text,
  file_hash text,
  total_chunks integer default 0,
  indexed_at timestamptz not null default now(),
  metadata jsonb default '{}',
  unique (user_id, file_hash)
);
create index idx_docs_user on documents (tenant_id, user_id);
create index idx_docs_hash on documents (file_hash);
select protect_tenant_table('documents', 'select, insert, update, delete');
-- A user's documents are private: even a statement without a condition sees no document of another user.
create policy own_only on documents as restrictive for select to apexflow_runtime
  using (user_id = current_user_id());

-- embedder names the model that computed the vector: vectors of two embedders are never compared. size is the number of
-- lexemes, so that a search sums it up without reading the lexemes.
create table document_chunks (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  document_id text not null references documents (id) on delete cascade,
  user_id text not null,
  chunk_index integer not null,
  content text not null,
  embedding vector(768) not null,
  embedder text not null,
  metadata jsonb default '{}',
  created_at timestamptz not null default now(),
  content_tsv tsvector generated always as (memory_lexemes(content)) stored,
  size integer generated always as (length(memory_lexemes(content))) stored,
  unique (document_id, chunk_index)
);
-- A search reads all vectors of a user: inline they are read 3 to 4 times as fast as from the TOAST table, and the
-- short columns must not be moved there in their place.
alter table document_chunks
  alter column embedding set storage plain, alter column content_tsv set storage main,
  alter column id set storage main, alter column tenant_id set storage main, alter column document_id set storage main,
  alter column user_id set storage main, alter column embedder set storage main;
do $$
begin
  if exists (select from pg_extension where extname = 'alloydb_scann') then
    raise notice 'ScaNN needs a filled table: scripts/create-scann-indexes.sql makes the index on document_chunks';
  else
    create index idx_chunks_embedding on document_chunks using ivfflat (embedding vector_cosine_ops) with (lists = 100);
  end if;
end $$;
create index idx_chunks_doc on document_chunks (document_id);
create index idx_chunks_user on document_chunks (tenant_id, user_id) include (size);
-- Lexemes with the mark of their owner (owned_lexemes). fastupdate is off in all these indexes, because every search
-- reads the list of pending entries, whoever wrote them.
create index idx_chunks_lexemes on document_chunks
  using gin (owned_lexemes(tenant_id, user_id, tsvector_to_array(content_tsv))) with (fastupdate = off);
select protect_tenant_table('document_chunks', 'select, insert, update, delete');
create policy own_only on document_chunks as restrictive for select to apexflow_runtime
  using (user_id = current_user_id());
