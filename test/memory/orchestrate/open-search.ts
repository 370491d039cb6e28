import { openCommit } from '../../../functions/entities/branch/read-branch.ts';
import type { ReadScope } from '../../../functions/memory/orchestrate/read-tool.ts';
import { runCalls } from '../../../functions/memory/orchestrate/run-calls.ts';
import { openSearchState } from '../../../functions/memory/orchestrate/search-state.ts';
import type { HitKind } from '../../../functions/memory/search/hit.ts';
import type { Database, Queryable } from '../../../functions/platform/database/database.ts';
import { type Person, scopeOf } from '../../entities/people.ts';

export const ALL: HitKind[] = ['fact', 'turn', 'block'];

/**
 * Opens an orchestrated search without a model: its state, a function that calls a tool, and the number of statements.
 */
export async function openSearch(
  database: Database,
  who: Person,
  { asOf, kinds = ALL, tokens = 100_000 }: { asOf?: string; kinds?: HitKind[]; tokens?: number } = {},
) {
  const own = database.as(scopeOf(who));
  let statements = 0;
  const queryable: Queryable = {
    query: (statement) => {
      statements += 1;
      return own.query(statement);
    },
  };
  const scope: ReadScope = {
    queryable,
    kinds,
    asOf,
    head: await openCommit(queryable, asOf),
    embedQuery: async (text) => ({ text, embedded: undefined }),
  };
  const search = openSearchState(scope, tokens);
  let turn = 0;
  const call = async (name: string, parameters: Record<string, unknown> = {}) => {
    turn += 1;
    const [result] = await runCalls(search, turn, [{ id: `call-${turn}`, name, arguments: parameters }]);
    if (result === undefined) throw new Error('A call has no result');
    return result;
  };
  return { search, call, statements: () => statements };
}
