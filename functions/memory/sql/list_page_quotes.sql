-- Lists what a run can quote from a page: the title, the texts of links, and sentences of at least 12 characters. Its
-- argument is the answer of the tool web_fetch; see render in functions/tools/web/web-fetch.ts.
create or replace function list_page_quotes(p_output text) returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select distinct q.quote from (
    select (regexp_match(p_output, '^<web_page[^\n]* title="([^"\n]*)"'))[1] as shown
    union all
    select regexp_replace(s, '^- (.*): https?://\S+$', '\1')
    -- The first two lines are the frame and its note.
    from regexp_split_to_table(regexp_replace(p_output, '^<web_page[^\n]*\n[^\n]*\n', ''), '\n|(?<=[.!?])\s+') s
    where p_output like '<web\_page%'
  ) t, lateral (select rtrim(btrim(replace(replace(replace(replace(t.shown, '&quot;', '"'), '&lt;', '<'), '&gt;', '>'),
    '&amp;', '&')), '.!?,;: ')) as q (quote)
  where length(q.quote) >= 12 and t.shown !~ '^</?(web_page|links)>';
$$;

alter function list_page_quotes owner to apexflow_definer;
revoke all on function list_page_quotes from public;
