import type { Queryable } from '../../platform/database/database.ts';
import type { Stance } from '../../platform/language/claims/relate.ts';
import type { PairLink } from '../convergence/cluster.ts';
import type { JudgedBy } from '../convergence/pair.ts';
import type { Realm, StatementSource, VillageAgent } from '../statement.ts';
import { OWNER } from './agent.ts';

/** A statement of another agent that is near a statement which is being linked. */
export interface Candidate {
  id: string;
  agent_id: string;
  /** The users who see it; null for the whole tenant. */
  readers: string[] | null;
  content: string;
  source_kind: StatementSource;
  /** The cosine of both vectors. */
  similarity: number;
  /** Whether the pair is stored already. */
  is_known: boolean;
}

/** Returns the nearest statements of other agents, nearest first. Only for steps. */
export async function findCandidates(queryable: Queryable, statementId: string, limit: number): Promise<Candidate[]> {
  return queryable.query<Candidate>({
    name: 'find_pair_candidates',
    text: `select c.*, k.source_kind from find_pair_candidates($1, $2) c join village_knowledge k
      on k.tenant_id = current_tenant_id() and k.id = c.id order by c.similarity desc, c.id`,
    values: [statementId, limit],
  });
}

export interface NewPair {
  other_id: string;
  relation: Stance;
  similarity: number;
  reason: string;
  judged_by: JudgedBy;
}

export interface InsertedPair {
  one_id: string;
  other_id: string;
  readers: string[] | null;
  relation: Stance;
  similarity: number;
  judged_by: JudgedBy;
}

/**
 * Stores the pairs of a statement with others, and returns those that are new. Idempotent: of two concurrent steps that
 * compared the same pair, the first one's word stays. A pair with a statement that was deleted meanwhile is left out.
 */
export async function insertPairs(
  queryable: Queryable,
  statementId: string,
  pairs: readonly NewPair[],
): Promise<InsertedPair[]> {
  if (pairs.length === 0) return [];
  return queryable.query<InsertedPair>({
    name: 'insert_village_pairs',
    text: `insert into village_pairs (tenant_id, one_id, other_id, one_agent_id, other_agent_id, readers, relation,
        similarity, reason, judged_by, embedder, said_at)
      select one.tenant_id, one.id, other.id, one.agent_id, other.agent_id, common_readers(one.readers, other.readers),
        p.relation, p.similarity, p.reason, p.judged_by, one.embedder, greatest(one.created_at, other.created_at)
      from jsonb_to_recordset($2) as p (other_id text, relation text, similarity float8, reason text, judged_by text)
        join village_knowledge one on one.id = least($1, p.other_id)
        join village_knowledge other on other.id = greatest($1, p.other_id)
      where one.tenant_id = current_tenant_id() and other.tenant_id = one.tenant_id
        and cardinality(common_readers(one.readers, other.readers)) is distinct from 0
      on conflict do nothing returning one_id, other_id, readers, relation, similarity, judged_by`,
    values: [statementId, JSON.stringify(pairs)],
  });
}

/** Which part of the village is compared. */
export interface PairFilter {
  realm?: Realm | undefined;
  threadId?: string | undefined;
  /** Only what had been said at this time. */
  asOf?: string | undefined;
}

const valuesOf = ({ realm, threadId, asOf }: PairFilter) => [realm, threadId, asOf];

export interface PairRow extends PairLink {
  reason: string;
  judged_by: JudgedBy;
  said_at: string;
}

/** A reader gets the most similar pairs up to this number. */
const MOST_PAIRS = 20_000;

/**
 * Lists the pairs that the current user sees and that agree or deny, from a similarity on, most similar first. With
 * `andJudged` also the less similar ones that a model judged. Leaves out statements that were merged into another one.
 */
export async function listPairs(
  queryable: Queryable,
  filter: PairFilter,
  { embedder, floor, andJudged }: { embedder: string; floor: number; andJudged: boolean },
): Promise<PairRow[]> {
  return queryable.query<PairRow>({
    name: 'list_village_pairs',
    text: `with merged as materialized (select k.id from village_knowledge k
          where k.tenant_id = current_tenant_id() and k.merged_into is not null)
      select p.one_id as one, p.other_id as other, p.one_agent_id as one_agent, p.other_agent_id as other_agent,
        p.relation, p.similarity, p.reason, p.judged_by, p.said_at
      from village_pairs p
      where p.tenant_id = current_tenant_id() and p.embedder = $4 and p.relation <> 'unrelated'
        and (p.similarity >= $5 or ($6 and p.judged_by = 'model'))
        and (($1::text is null and $2::text is null) or not exists (select from village_knowledge k
          where k.id in (p.one_id, p.other_id)
            and (k.realm <> $1 or k.thread_id is distinct from coalesce($2, k.thread_id))))
        and ($3::timestamptz is null or p.said_at <= $3)
        and p.one_id not in (select m.id from merged m) and p.other_id not in (select m.id from merged m)
      order by p.similarity desc, p.one_id, p.other_id limit ${MOST_PAIRS}`,
    values: [...valuesOf(filter), embedder, floor, andJudged],
  });
}

export type SpeakingAgent = Omit<VillageAgent, 'last_at'>;

/** Lists the agents with statements of the filter that the current user sees, and how many each has. */
export async function listSpeakingAgents(queryable: Queryable, filter: PairFilter): Promise<SpeakingAgent[]> {
  return queryable.query<SpeakingAgent>({
    name: 'list_speaking_village_agents',
    text: `select a.id, a.name, a.user_id = current_user_id() as is_own, ${OWNER}, k.statements
      from (select k.agent_id, count(*)::integer as statements from village_knowledge k
        where k.tenant_id = current_tenant_id() and k.merged_into is null and ($1::text is null or k.realm = $1)
          and ($2::text is null or k.thread_id = $2) and ($3::timestamptz is null or k.created_at <= $3)
        group by k.agent_id) k join village_agents a on a.id = k.agent_id
      order by a.name, a.id`,
    values: valuesOf(filter),
  });
}
