import type { Queryable } from '../../platform/database/database.ts';
import { withOwnOffset } from '../../platform/instant.ts';
import type { NewEvidence } from './memory-history.ts';

export interface EvidenceRow {
  action: NewEvidence['action'];
  other_id: string | null;
  reason: string | null;
  user_id: string;
  source_kind: string;
  source_id: string | null;
  author: string;
  confidence_before: number | null;
  confidence_after: number;
  recorded_at: string;
}

/**
 * Lists what each source did to a fact, oldest first. A fact that is older than the table of evidence has one line,
 * made from the fact itself. Returns nothing for a fact that the current user cannot see.
 */
export async function listEvidence(queryable: Queryable, memoryId: string, limit: number): Promise<EvidenceRow[]> {
  return queryable.query<EvidenceRow>({
    name: 'list_memory_evidence',
    text: `select e.action, e.other_id, e.reason, e.user_id, e.source_kind, e.source_id, e.author, e.confidence_before, e.confidence_after, e.recorded_at
      from memory_evidence e join memories m on m.id = e.memory_id
      where e.tenant_id = current_tenant_id() and e.memory_id = $1
      union all
      select 'inserted', null, null, m.user_id, m.source_kind, m.source_id, m.author, null, m.confidence, m.recorded_at from memories m
      where m.tenant_id = current_tenant_id() and m.id = $1 and not exists (select from memory_evidence e where e.memory_id = m.id and e.action = 'inserted')
      order by recorded_at limit $2`,
    values: [memoryId, limit],
  });
}

interface SourceTurn {
  session_id: string;
  position: number;
  speaker: string;
  said_at: string;
  text: string;
}

/**
 * Lists the turns of the fact's session that share most words with it, best first. Only the current user's own sessions
 * are read.
 */
export async function listSourceTurns(queryable: Queryable, memoryId: string, limit: number): Promise<SourceTurn[]> {
  const rows = await queryable.query<SourceTurn & { utc_offset: number }>({
    name: 'list_source_turns',
    text: `select t.session_id, t.position, t.speaker, t.said_at, t.utc_offset, left(t.text, 2000) as text
      from memories m join memory_turns t on t.tenant_id = m.tenant_id and t.user_id = current_user_id() and t.session_id = m.source_id
      cross join lateral (select count(*) as words from unnest(tsvector_to_array(t.content_tsv)) l where l = any (tsvector_to_array(m.content_tsv))) shared
      where m.tenant_id = current_tenant_id() and m.id = $1 and shared.words > 0
      order by shared.words desc, t.position limit $2`,
    values: [memoryId, limit],
  });
  return withOwnOffset(rows);
}
