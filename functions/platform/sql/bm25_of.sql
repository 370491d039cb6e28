-- Returns the BM25 score of one term in one text. p_worth: the inverse document frequency (rarity_of), p_times:
-- occurrences in the text, p_size and p_mean_size: lexemes of this text and of the average text. The parameters p_k1
-- and p_b come from functions/platform/language/bm25.ts, which has the same formula.
create or replace function bm25_of(p_worth float8, p_times float8, p_size integer, p_mean_size float8, p_k1 float8,
  p_b float8)
returns float8 language sql immutable parallel safe
  return p_worth * p_times * (p_k1 + 1) / (p_times + p_k1 * (1 - p_b + p_b * p_size / p_mean_size));

revoke all on function bm25_of from public;
grant execute on function bm25_of to apexflow_definer;
