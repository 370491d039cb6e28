-- Returns the inverse document frequency of BM25 for a term that p_with of p_all texts have.
-- functions/platform/language/bm25.ts has the same formula.
create or replace function rarity_of(p_with float8, p_all float8) returns float8 language sql immutable parallel safe
  return ln(1 + (greatest(p_all - p_with, 0) + 0.5) / (p_with + 0.5));

revoke all on function rarity_of from public;
grant execute on function rarity_of to apexflow_definer;
