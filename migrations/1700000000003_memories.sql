-- Up Migration

-- A text's lexemes, for facts and questions alike. Signs that join words (paths, file names, e-mail addresses, dates) part them first, because
-- Postgres keeps `/api/v1/login` as one lexeme, which the question "where is login" would never meet.
create function memory_lexemes(p_text text) returns tsvector language sql immutable parallel safe
  return to_tsvector('pg_catalog.english'::regconfig, translate(p_text, '/\._-@:#', '        '));

-- Facts. `embedder` names what made the vector, so that vectors of two embedders are never compared. `valid_*` is when it was true,
-- `recorded_at` when we learned it. Untrusted facts are seen by the person whose run learned them and by no one else.
create table memories (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  text text not null check (length(text) between 1 and 4000),
  category text not null default 'general' check (length(category) between 1 and 60),
  scope text not null default 'tenant' check (scope in ('tenant', 'sprint', 'worker', 'user')),
  -- The run's id for a sprint, the worker's name for a worker, the person's id for a user, nothing for the tenant.
  scope_id text not null default '',
  source text,
  source_kind text not null check (source_kind in ('person', 'run', 'tool', 'document', 'web', 'import')),
  source_id text,
  author text not null,
  trust text not null check (trust in ('trusted', 'untrusted')),
  embedding vector(768) not null,
  embedder text not null,
  confidence real not null default 1.0 check (confidence between 0 and 1),
  valid_from timestamptz not null default now(),
  valid_to timestamptz,
  recorded_at timestamptz not null default now(),
  superseded_by text,
  content_tsv tsvector generated always as (memory_lexemes(text)) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  metadata jsonb not null default '{}',
  check (case scope when 'tenant' then scope_id = '' when 'user' then scope_id = user_id else scope_id <> '' end)
);
-- A search reads every visible row: a 768-vector inline is 3 to 4 times faster to scan than one in the TOAST table, and the words must not be
-- pushed out there in its stead.
alter table memories alter column embedding set storage plain, alter column text set storage main, alter column content_tsv set storage main;
create index idx_memories_user on memories (tenant_id, user_id);
create index idx_memories_category on memories (tenant_id, user_id, category);
create index idx_memories_scope on memories (tenant_id, scope, scope_id);
create index idx_memories_created on memories (tenant_id, created_at desc, id desc);
create index idx_memories_source on memories (tenant_id, source_id);
create index idx_memories_owner on memories (user_id);
create index idx_memories_fts on memories using gin (content_tsv);
-- The same fact of the same scope is one row; an untrusted one is one row of each person, because nobody sees another's.
create unique index memories_once
  on memories (tenant_id, scope, scope_id, (case trust when 'untrusted' then user_id else '' end), md5(lower(text)))
  where superseded_by is null;
do $$
begin
  if exists (select from pg_extension where extname = 'alloydb_scann') then
    raise notice 'ScaNN needs a filled table: scripts/create-scann-indexes.sql makes the index on memories';
  else
    create index idx_memories_embedding on memories using ivfflat (embedding vector_cosine_ops) with (lists = 50);
  end if;
end $$;
select protect_tenant_table('memories', 'select, insert, update, delete');
-- Beside the tenant's wall, one for each person: even a statement that forgets to ask sees no other person's private or untrusted fact.
create policy own_or_shared on memories as restrictive for select to apexflow_runtime
  using ((trust = 'trusted' and scope <> 'user') or user_id = current_user_id());
create policy in_own_name on memories as restrictive for insert to apexflow_runtime with check (user_id = current_user_id());

-- What a run leaves to learn from, archived by the transaction that ends it; the run's id makes twice be once. `material`:
-- {"task", "reports": [{"worker", "text"}], "model": {"provider", "model"}}. `attempts` is also the fence of the claim that works on it.
create table memory_sessions (
  tenant_id text not null references tenants (id) on delete cascade,
  id text not null,
  user_id text not null references users (id) on delete cascade,
  kind text not null check (length(kind) between 1 and 60),
  material jsonb not null,
  -- The person's role when the run ended: only what an admin says in a task becomes a fact of the whole tenant.
  author_role text not null check (author_role in ('viewer', 'member', 'admin')),
  status text not null default 'pending' check (status in ('pending', 'learned', 'failed')),
  attempts integer not null default 0,
  lease_until timestamptz,
  error text,
  fact_count integer,
  learned_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  check ((status = 'learned') = (learned_at is not null))
);
create index memory_sessions_by_user on memory_sessions (user_id);
create index memory_sessions_pending on memory_sessions (created_at) where status = 'pending';
select protect_tenant_table('memory_sessions', 'select, insert, update, delete');

-- Hybrid search over the facts that the asking person may see; the tenant and the person are the transaction's own, never a parameter.
--
-- Why a definer function: `@@` is not leakproof, so under row-level security it would run after everything else, row by row, without its index.
-- Why everything is computed over the visible rows (materialized): no approximate index can take part, so a small scope is searched exactly, and
-- how rare a word is (BM25's idf) depends on nothing that the person cannot see: another tenant's rows change no score.
--
-- Text: BM25 with k1 0.9 and b 0.6, the values that did best on short sentences (LoCoMo). Vectors: cosine above `p_similarity_floor`, of rows of the
-- same embedder only. Both are divided by their maximum and added with weights; a row that scores nothing in both never comes back. Of rows
-- with the same text the trusted one stays. The score is between 0 and 1; ties: newest first.
create function search_memories(p_query text, p_embedding vector, p_embedder text, p_vector_weight float8, p_similarity_floor float8,
  p_limit integer, p_scope text, p_run_id text, p_worker text)
returns table (memory_id text, score float8, text_score float8, vector_score float8, bm25 float8, similarity float8)
language sql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp as $$
  with asked as materialized (
    select array_agg(l.lexeme) as lexemes,
      -- Quoted as tsquery text: a lexeme is a word here, whatever signs are in it.
      string_agg('''' || replace(replace(l.lexeme, '\', '\\'), '''', '''''') || '''', ' | ')::tsquery as any_of_them
    from unnest(memory_lexemes(p_query)) l
  ), visible as materialized (
    select m.id, md5(lower(m.text)) as same_text, m.trust, m.created_at, greatest(length(m.content_tsv), 1) as size,
      case when m.content_tsv @@ a.any_of_them then m.content_tsv end as matched,
      case when m.embedder = p_embedder then nullif(1 - (m.embedding <=> p_embedding), 'NaN') end as similarity
    from memories m cross join asked a
    where m.tenant_id = current_tenant_id()
      and ((m.trust = 'trusted' and m.scope <> 'user') or m.user_id = current_user_id())
      and m.superseded_by is null and (m.valid_to is null or m.valid_to > now())
      and (p_scope is null or m.scope = p_scope)
      and (p_run_id is null or m.scope <> 'sprint' or m.scope_id = p_run_id)
      and (p_worker is null or m.scope <> 'worker' or m.scope_id = p_worker)
  ), whole as materialized (
    select count(*)::float8 as facts, avg(v.size)::float8 as mean_size from visible v
  ), rarity as materialized (
    select t.lexeme, ln(1 + (w.facts - count(*) + 0.5) / (count(*) + 0.5)) as idf
    from visible v cross join asked a cross join whole w cross join lateral unnest(v.matched) t
    where v.matched is not null and t.lexeme = any (a.lexemes)
    group by t.lexeme, w.facts
  ), signals as materialized (
    -- Row by row, not joined by id: a plan cannot go wrong over the rows that it guesses a CTE has.
    select v.id, v.same_text, v.trust, v.created_at, v.similarity,
      coalesce((select sum(r.idf * cardinality(t.positions) * 1.9 / (cardinality(t.positions) + 0.9 * (0.4 + 0.6 * v.size / w.mean_size)))
        from unnest(v.matched) t join rarity r using (lexeme)), 0) as bm25,
      coalesce(greatest(v.similarity - p_similarity_floor, 0), 0) as closeness
    from visible v cross join whole w
  ), scaled as (
    select s.*, coalesce(s.bm25 / nullif(max(s.bm25) over (), 0), 0) as text_score,
      coalesce(s.closeness / nullif(max(s.closeness) over (), 0), 0) as vector_score
    from signals s
  ), fused as (
    select s.*, (s.text_score + p_vector_weight * s.vector_score) / (1 + p_vector_weight) as score,
      row_number() over (partition by s.same_text order by (s.trust = 'trusted') desc, s.created_at desc, s.id desc) as copy
    from scaled s
    where s.text_score > 0 or (p_vector_weight > 0 and s.vector_score > 0)
  )
  select f.id, f.score, f.text_score, f.vector_score, f.bm25::float8, f.similarity
  from fused f
  where f.copy = 1
  order by f.score desc, f.created_at desc, f.id desc
  limit least(greatest(p_limit, 1), 200);
$$;

-- Removes a fact for good: one's own, or for an admin any of the tenant. A fact that the person cannot see is `missing`, as if it were not there.
create function delete_memory(p_id text) returns text
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with removed as (
    delete from memories m
    where m.id = p_id and m.tenant_id = current_tenant_id()
      and (m.user_id = current_user_id() or exists (
        select from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id() and u.role = 'admin'))
    returning m.id
  )
  select case
    when exists (select from removed) then 'deleted'
    when exists (select from memories m where m.id = p_id and m.tenant_id = current_tenant_id() and m.trust = 'trusted' and m.scope <> 'user')
      then 'forbidden'
    else 'missing' end;
$$;

alter function search_memories(text, vector, text, float8, float8, integer, text, text, text) owner to apexflow_definer;
alter function delete_memory(text) owner to apexflow_definer;
revoke all on function search_memories(text, vector, text, float8, float8, integer, text, text, text), delete_memory(text) from public;
grant execute on function search_memories(text, vector, text, float8, float8, integer, text, text, text), delete_memory(text) to apexflow_runtime;
