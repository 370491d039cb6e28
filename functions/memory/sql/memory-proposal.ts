import type { Queryable } from '../../platform/database/database.ts';
import { ACCEPTED_CONFIDENCE } from '../confidence.ts';
import type { Proposal } from '../facts/proposal.ts';

/**
 * Proposes an untrusted fact of the current user for promotion when at least `least` different runs have said it.
 * Returns whether this call proposed it. Definer function `propose_repeated_memory`.
 */
export async function proposeRepeatedMemory(
  queryable: Queryable,
  id: string,
  memoryId: string,
  least: number,
): Promise<boolean> {
  const [row] = await queryable.query<{ proposed: boolean }>({
    name: 'propose_repeated_memory',
    text: 'select propose_repeated_memory($1, $2, $3) as proposed',
    values: [id, memoryId, least],
  });
  return row?.proposed ?? false;
}

interface NewProposal {
  id: string;
  memoryId: string;
  scope: string;
  scopeId: string;
  reason: string;
}

/**
 * Inserts a proposal for an untrusted fact of the current user and returns its id. Returns the existing id when the
 * same promotion was proposed before, and undefined when the user has no such fact.
 */
export async function insertMemoryProposal(queryable: Queryable, proposal: NewProposal): Promise<string | undefined> {
  const [row] = await queryable.query<{ id: string }>({
    name: 'insert_memory_proposal',
    text: `with fact as (
        select m.id, m.tenant_id, m.user_id from memories m
        where m.id = $2 and m.user_id = current_user_id() and m.trust = 'untrusted' and coalesce(m.valid_to, 'infinity') > now()
      ), written as (
        insert into memory_proposals (id, tenant_id, user_id, memory_id, wanted_scope, wanted_scope_id, proposed_by, reason)
        select $1, f.tenant_id, f.user_id, f.id, $3, $4, 'person', $5 from fact f
        on conflict (memory_id, wanted_scope, wanted_scope_id) do nothing returning id
      )
      select id from written
      union all select p.id from memory_proposals p join fact f on p.memory_id = f.id where p.wanted_scope = $3 and p.wanted_scope_id = $4 limit 1`,
    values: [proposal.id, proposal.memoryId, proposal.scope, proposal.scopeId, proposal.reason],
  });
  return row?.id;
}

type ProposalOutcome = 'accepted' | 'declined' | 'endorsed' | 'decided' | 'missing';

/**
 * Decides a proposal with the role of the current user, which the database reads itself. Definer function
 * `decide_memory_proposal`.
 */
export async function updateProposalDecided(
  queryable: Queryable,
  id: string,
  accepts: boolean,
): Promise<ProposalOutcome> {
  const [row] = await queryable.query<{ outcome: ProposalOutcome }>({
    name: 'decide_memory_proposal',
    text: 'select decide_memory_proposal($1, $2, $3) as outcome',
    values: [id, accepts, ACCEPTED_CONFIDENCE],
  });
  return row?.outcome ?? 'missing';
}

/** Lists the proposals that the current user may decide, newest first. Definer function `list_memory_proposals`. */
export async function listMemoryProposals(
  queryable: Queryable,
  before: string | undefined,
  limit: number,
): Promise<Proposal[]> {
  return queryable.query<Proposal>({
    name: 'list_memory_proposals',
    text: 'select * from list_memory_proposals($1, $2)',
    values: [before, limit],
  });
}
