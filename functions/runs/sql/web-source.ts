import type { Queryable } from '../../platform/database/database.ts';

/** Whole outputs are read, so their number is limited. */
const MOST_CALLS = 100;

interface WebSourceRow {
  query: string;
  /** The user's answers to questions; decisions on approvals are not included. */
  answers: string[];
  /** Outputs of successful calls, newest first. */
  searches: string[];
  pages: string[];
}

/**
 * Returns the texts from which a run's workers may take URLs: the user's words, and the results of web_search and
 * web_fetch in this run.
 */
export async function findWebSources(queryable: Queryable, runId: string): Promise<WebSourceRow | undefined> {
  const [row] = await queryable.query<WebSourceRow>({
    name: 'find_web_sources',
    text: `with called as materialized (
        select c.name, c.output, c.completed_at, row_number() over (partition by c.name order by c.completed_at desc) as place
        from tool_calls c
        where c.tenant_id = current_tenant_id() and c.run_id = $1 and c.name in ('web_search', 'web_fetch')
          and c.status = 'completed' and not c.is_error
      )
      select s.query,
        array(select q.answer from run_questions q
          where q.run_id = s.id and q.kind = 'question' and q.status = 'answered' order by q.created_at) as answers,
        array(select c.output from called c where c.name = 'web_search' and c.place <= $2 order by c.place) as searches,
        array(select c.output from called c where c.name = 'web_fetch' and c.place <= $2 order by c.place) as pages
      from sessions s where s.id = $1 and s.tenant_id = current_tenant_id()`,
    values: [runId, MOST_CALLS],
  });
  return row;
}
