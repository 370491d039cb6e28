-- AlloyDB only, after the first rows are in: ScaNN refuses an empty table. Safe to run again.
load 'alloydb_scann';
create index if not exists memory_vectors_nearest on memory_vectors using scann (embedding cosine) with (mode = 'AUTO');
create index if not exists idx_chunks_embedding on document_chunks using scann (embedding cosine) with (mode = 'AUTO');
