-- Closes a round of a council, in the transaction that ends its chair, which holds the run. p_interjections is the
-- number of interjections to the next round that the chair's decision has counted.
--
-- Raises AF409 when a person has spoken since: the decision is made again, so that nobody is left unheard. A round that
-- is closed does not change.
create or replace function close_council_round(p_council_id text, p_round integer, p_interjections integer,
  p_positions jsonb, p_score double precision, p_agreements text[], p_disagreements text[], p_minority_report text,
  p_summary text, p_ends text) returns void
language plpgsql security invoker as $$
begin
  if (select count(*) from council_interjections i
      where i.tenant_id = current_tenant_id() and i.council_id = p_council_id and i.round = p_round + 1)
      <> p_interjections then
    perform refuse('AF409', 'an interjection came while the round was closed');
  end if;
  update council_rounds set positions = p_positions, score = p_score, agreements = p_agreements,
    disagreements = p_disagreements, minority_report = p_minority_report, summary = p_summary, ends = p_ends,
    closed_at = clock_timestamp()
  where tenant_id = current_tenant_id() and council_id = p_council_id and round = p_round and closed_at is null;
end $$;
