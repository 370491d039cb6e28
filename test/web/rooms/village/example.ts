import type { Agreement, Convergence, Named, Statement, Tension } from '../../../../web/rooms/village/village-types.ts';

/** A village for the tests of the picture: `ada`, `ben` and `cleo` agree, `cleo` and `dora` contradict each other. */

export function agent(name: string): Named & { is_own: boolean } {
  return { id: `villager_${name}`, name, is_own: name === 'ada' };
}

let minute = 0;

/** Returns a statement that is one minute younger than the one before. */
export function statement(name: string, id: string, more: Partial<Statement> = {}): Statement {
  minute += 1;
  return {
    id: `know_${id}`,
    content: `Statement ${id}`,
    realm: 'village',
    category: 'general',
    agent: agent(name),
    sides: null,
    thread_id: null,
    responding_to: [],
    related_agents: [],
    tags: [],
    source: { kind: 'agent', run_id: null },
    created_at: new Date(Date.UTC(2026, 10, 1, 12, minute)).toISOString(),
    access_count: 0,
    last_accessed_at: null,
    merged_into: null,
    ...more,
  };
}

export const statements = [
  statement('ada', 'a'),
  statement('ben', 'b'),
  statement('cleo', 'c', { thread_id: 'thread_1', responding_to: ['know_b'] }),
  statement('cleo', 'says'),
  statement('dora', 'denies'),
  statement('ada', 'room', { realm: 'private' }),
  statement('ada', 'table', { realm: 'bridge', sides: [agent('ada'), agent('eve')] }),
] as const;

const [a, b, c, says, denies] = statements;
export const consensus: Agreement = {
  id: 'agreement.know_a',
  kind: 'consensus',
  topic: 'Release on Tuesday',
  agents: [a, b, c].map((one) => one.agent),
  statements: [a, b, c],
  pairs: [{ one: a.id, other: b.id, similarity: 0.9, judged_by: 'rules', reason: 'The same words.' }],
  lowest: 0.9,
  since: c.created_at,
};
export const tension: Tension = {
  id: 'tension.know_says.know_denies',
  says,
  denies,
  similarity: 0.8,
  reason: 'One has "not".',
  judged_by: 'rules',
  since: denies.created_at,
};
export const convergence: Convergence = {
  threshold: 0.7,
  floor: 0.5,
  method: { embedding_model: 'test', judged_by: 'rules' },
  agreements: [consensus],
  tensions: [tension],
  near: [{ one: b.id, other: says.id, similarity: 0.6 }],
  matrix: [],
  agents: ['ada', 'ben', 'cleo', 'dora', 'eve'].map((name) => ({ ...agent(name), owner: name })),
  counts: { agreements: 1, tensions: 1, agents: 5, statements: 7 },
  pending: 0,
};
