-- For AlloyDB only. Run it after the first rows were inserted: ScaNN rejects an empty table. Idempotent.
load 'alloydb_scann';
create index if not exists memory_vectors_nearest on memory_vectors using scann (embedding cosine) with (mode = 'AUTO');
create index if not exists idx_chunks_embedding on document_chunks using scann (embedding cosine) with (mode = 'AUTO');
create index if not exists village_vectors_nearest on village_vectors using scann (embedding cosine) with (mode = 'AUTO');
