import type { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import { withOwnOffset } from '../../platform/instant.ts';
import type { SourceDetail } from '../source.ts';

type Yield = z.input<typeof SourceDetail>;

/** The most items of each list. */
const MOST = 200;
const MOST_TURNS = 20;
/** Characters of a block or a turn. */
const LONGEST = 2000;

/**
 * Returns the facts that a source stated and the caller may see, oldest first. A user as a source stands for what they
 * added by hand.
 */
export async function listFactsOfSource(queryable: Queryable, sourceId: string): Promise<Yield['facts']> {
  return queryable.query<Yield['facts'][number]>({
    name: 'list_facts_of_source',
    text: `select m.id, m.text, m.trust, m.scope, m.valid_from, m.valid_to, m.superseded_by, array_agg(distinct e.action) as actions
      from memory_evidence e join memories m on m.id = e.memory_id
      where e.tenant_id = current_tenant_id() and e.user_id = current_user_id()
        and (e.source_id = $1 or (e.source_id is null and e.author = $1))
      group by m.id order by m.recorded_at, m.id limit $2`,
    values: [sourceId, MOST],
  });
}

/** Returns the versions of blocks that commits of the source wrote, by entity and block; the current ones first. */
export async function listBlocksOfSource(queryable: Queryable, sourceId: string): Promise<Yield['blocks']> {
  return queryable.query<Yield['blocks'][number]>({
    name: 'list_blocks_of_source',
    text: `select b.path, b.block, b.heading, left(b.text, $3) as text, b.commit_id, b.valid_from as since, b.valid_to as until
      from memory_commits c
      join memory_blocks b on b.tenant_id = c.tenant_id and b.user_id = c.user_id and b.commit_id = c.id
      where c.tenant_id = current_tenant_id() and c.user_id = current_user_id() and (c.session_id = $1 or c.remote_commit = $1)
      order by b.valid_to is not null, b.path collate "C", b.block collate "C", b.valid_from limit $2`,
    values: [sourceId, MOST, LONGEST],
  });
}

/**
 * Returns the facts that runs learned which had a fact of the source in their context, or read its page. Definer
 * function `list_derived_memories`; an admin gets those of the tenant that they may see.
 */
export async function listDerivedFacts(queryable: Queryable, sourceId: string): Promise<Yield['derived']> {
  return queryable.query<Yield['derived'][number]>({
    name: 'list_derived_facts',
    text: `select m.id, m.text, d.derived_from, m.source_id as run_id from list_derived_memories($1) d join memories m on m.id = d.memory_id
      where m.source_id is distinct from $1 order by m.recorded_at, m.id limit $2`,
    values: [sourceId, MOST],
  });
}

/** Returns the first turns of the source, with the times as they were sent. */
export async function listTurnsOfSource(queryable: Queryable, sourceId: string): Promise<Yield['first_turns']> {
  const rows = await queryable.query<Yield['first_turns'][number] & { utc_offset: number }>({
    name: 'list_turns_of_source',
    text: `select position, speaker, said_at, utc_offset, left(text, $3) as text from memory_turns
      where tenant_id = current_tenant_id() and user_id = current_user_id() and session_id = $1 order by position limit $2`,
    values: [sourceId, MOST_TURNS, LONGEST],
  });
  return withOwnOffset(rows);
}
