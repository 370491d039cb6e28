import type { Trust } from '../../entities/search/hit.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { FACT_CONFIDENCE } from '../confidence.ts';
import { flagsOf, type Memory, type MemoryScope, type SourceKind } from '../memory.ts';
import { COLUMNS, findMemory, toVector } from './memory.ts';

export interface NewMemory {
  id: string;
  tenantId: string;
  userId: string;
  text: string;
  category: string;
  scope: MemoryScope;
  scopeId: string;
  source: string;
  sourceKind: SourceKind;
  sourceId: string | undefined;
  author: string;
  trust: Trust;
  confidence: number;
  embedding: number[];
  embedder: string;
  /** Since when the fact is true, ISO 8601; left out: now. */
  validFrom?: string | undefined;
}

/** Facts that a new statement concerns, by their ids. */
interface Relations {
  /** The facts that it refines, contradicts or repeats. */
  related: readonly string[];
  /** Those of them that it repeats in other words. */
  repeated: readonly string[];
  /** Those of which it corrects the letter case. Their text is not the same for once. */
  recased: readonly string[];
  /** Why it repeats them; stored as evidence. */
  reason?: string | undefined;
  /** Whether the fact also replaces what other users said in the same scope. */
  correctsOthers: boolean;
}

/**
 * Locks the scopes of facts for the rest of the transaction, so that two writers of one scope see each other's facts.
 * Lock all scopes of a transaction at once: the function orders them, so that two transactions cannot deadlock.
 */
export async function lockScopes(
  transaction: Transaction,
  facts: readonly Pick<NewMemory, 'scope' | 'scopeId'>[],
): Promise<void> {
  await transaction.query({
    name: 'lock_memory_scopes',
    text: 'select lock_memory_scopes($1)',
    values: [facts.map(({ scope, scopeId }) => `${scope} ${scopeId}`)],
  });
}

/**
 * Writes a statement of a fact and derives when the facts of its chains are true (`derive_validity`). There are five
 * cases, which `place_fact` tells apart:
 *
 * - the scope says it at that time with the same trust: the known fact is reinforced, unless the same worker of the
 *   same run says it again, because a retry after a crash is no new evidence;
 * - the known fact is the next of the chain: it is reinforced and true from the earlier time on;
 * - a user says what their own run had learned: the row becomes trusted, with the user as its source;
 * - a run repeats a trusted fact: the row does not change, because a run must not change a trusted fact;
 * - otherwise a new row is inserted, at its place in the chains of the facts that it concerns.
 *
 * Each case writes one line of evidence with the source; the same source a second time writes none.
 */
export async function insertMemory(
  transaction: Transaction,
  fact: NewMemory,
  relations: Relations = { related: [], repeated: [], recased: [], correctsOthers: false },
): Promise<{ memory: Memory; isNew: boolean }> {
  await lockScopes(transaction, [fact]);
  // Without a time the statement is the last one of the scope: a concurrent one that began later may have been first.
  const [place] = await transaction.query<{ chains: string[]; memory_id: string | null; is_next: boolean }>({
    name: 'place_fact',
    text: 'select * from place_fact($1, $2, $3, $4, $5, coalesce($6::timestamptz, clock_timestamp()), $7, $8, $9, $10, $11)',
    values: [
      fact.scope,
      fact.scopeId,
      fact.text,
      fact.trust,
      relations.correctsOthers,
      fact.validFrom,
      relations.related,
      relations.repeated,
      relations.recased,
      fact.sourceId,
      fact.author,
    ],
  });
  const { chains = [], memory_id: saidBy = null, is_next: isNext = false } = place ?? {};
  // A text has one open row in any letter case (memories_once). `derive_validity` opens the right one.
  if (relations.recased.length > 0) {
    await transaction.query({
      name: 'close_recased_memories',
      text: `update memories set valid_to = greatest(valid_from, coalesce($2::timestamptz, now()))
        where tenant_id = current_tenant_id() and id = any ($1) and valid_to is null`,
      values: [relations.recased, fact.validFrom],
    });
  }
  const memory = await writeStatement(transaction, fact, { chains, saidBy, ...relations });
  const isAlone = chains.length === 0 || (saidBy !== null && !isNext && chains.length === 1);
  if (isAlone) return { memory, isNew: saidBy === null };
  await transaction.query({
    name: 'derive_validity',
    text: 'select derive_validity($1, coalesce($2::timestamptz, now()))',
    values: [chains, fact.validFrom],
  });
  return { memory: (await findMemory(transaction, memory.id)) ?? memory, isNew: saidBy === null };
}

/** Where a statement belongs: its chains, and the fact that already says it (null: a new one). */
interface Place {
  chains: readonly string[];
  saidBy: string | null;
  correctsOthers: boolean;
  reason?: string | undefined;
}

/**
 * Writes the row, its line of evidence and its vector. A new row of a chain is closed until `derive_validity` opens it.
 */
async function writeStatement(transaction: Transaction, fact: NewMemory, place: Place): Promise<Memory> {
  const [rows] = await transaction.queryAll([
    {
      name: 'write_memory',
      text: `with same as materialized (
          select s.* from memories s where s.tenant_id = $2 and s.id = $17
        ), trusted_already as (
          select ${COLUMNS} from memories m join same on same.id = m.id where same.trust = 'trusted' and $12 = 'untrusted'
        ), believed as (
          update memories m set trust = 'trusted', confidence = $13, source = $8, source_kind = $9, source_id = $10, author = $11,
            embedder = $14, chains = $18, corrects_others = $19, updated_at = now()
          from same where same.id = m.id and same.trust = 'untrusted' and $12 = 'trusted'
          returning ${COLUMNS}
        ), reinforced as (
          update memories m set chains = $18, corrects_others = m.corrects_others or $19, updated_at = now(),
            embedder = case when md5(lower(m.text)) = md5(lower($4)) then $14 else m.embedder end,
            confidence = case when exists (select from memory_evidence e where e.tenant_id = $2 and e.memory_id = m.id
                and e.source_id = $10 and e.author = $11 and e.valid_from is not null) then m.confidence
              else greatest(m.confidence, m.confidence + ($21::float8 - m.confidence) * $20::float8) end
          from same where same.id = m.id and same.trust = $12
          returning ${COLUMNS}
        ), inserted as (
          insert into memories as m (id, tenant_id, user_id, text, category, scope, scope_id, source, source_kind, source_id, author, trust,
            confidence, embedder, valid_from, valid_to, flags, chains, corrects_others)
          select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, coalesce($15::timestamptz, now()),
            case when $18::text[] <> '{}' then coalesce($15::timestamptz, now()) end, $16::text[],
            coalesce(nullif($18::text[], '{}'), array[gen_random_uuid()::text]), $19
          where not exists (select from same)
          returning ${COLUMNS}
        ), fact as (
          select * from trusted_already union all select * from believed union all select * from reinforced union all select * from inserted
        ), noted as (
          insert into memory_evidence (tenant_id, user_id, memory_id, action, reason, source_kind, source_id, author, confidence_before,
            confidence_after, valid_from)
          select $2, $3, f.id, case when s.id is null then 'inserted' when exists (select from believed) then 'believed' else 'reinforced' end,
            case when s.id is not null then $22 end, $9, $10, $11, s.confidence, f.confidence,
            case when f.trust = $12 then coalesce($15::timestamptz, now()) end
          from fact f left join same s on s.id = f.id
          where not exists (select from memory_evidence e where e.tenant_id = $2 and e.memory_id = f.id and e.source_id = $10
            and e.author = $11 and e.action in ('inserted', 'reinforced', 'believed'))
        )
        select * from fact`,
      values: [
        fact.id,
        fact.tenantId,
        fact.userId,
        fact.text,
        fact.category,
        fact.scope,
        fact.scopeId,
        fact.source,
        fact.sourceKind,
        fact.sourceId,
        fact.author,
        fact.trust,
        fact.confidence,
        fact.embedder,
        fact.validFrom,
        flagsOf(fact.text),
        place.saidBy,
        place.chains,
        place.correctsOthers,
        FACT_CONFIDENCE.reinforceRate,
        FACT_CONFIDENCE.cap,
        place.reason,
      ],
    },
    {
      name: 'write_memory_vector',
      text: `insert into memory_vectors (tenant_id, memory_id, embedding)
        select m.tenant_id, m.id, $4::vector from memories m
        where m.tenant_id = current_tenant_id() and m.id = $1 and m.embedder = $3 and md5(lower(m.text)) = md5(lower($2))
        on conflict (memory_id) do update set embedding = excluded.embedding where memory_vectors.embedding <> excluded.embedding`,
      values: [place.saidBy ?? fact.id, fact.text, fact.embedder, toVector(fact.embedding)],
    },
  ]);
  // Cast: `queryAll` does not know the columns of each statement; this one returns COLUMNS, as `listMemories` does.
  const memory = rows?.[0] as Memory | undefined;
  if (memory === undefined) throw new Error(`The fact ${fact.id} was neither written nor found`);
  return memory;
}
