import { type Scene, sceneOf } from '../../../../web/rooms/village/picture/scene.ts';
import type { Agreement, Convergence, Statement, Tension } from '../../../../web/rooms/village/village-types.ts';
import { agent, statement } from './example.ts';

/** A village that grows: the scenes of the tests of the layout and of its labels. */

const WORDS = ['Release notes go out on Tuesdays', 'Backups are kept', 'The gateway restarts each night', 'Lint first'];

export interface Village {
  /** Oldest first. */
  statements: Statement[];
  agreements: Agreement[];
  tensions: Tension[];
}

/** Agents whose names sort as their ids do, by their age. */
const nameOf = (index: number) => `agent ${String(index).padStart(2, '0')}`;

/** Returns a village with so many agents, each with its statements; every third one agrees with others. */
export function villageOf(agents: number, statements: number): Village {
  const village: Village = { statements: [], agreements: [], tensions: [] };
  for (let at = 0; at < statements; at += 1) say(village, at % agents);
  for (let at = 0; at + 2 < agents; at += 3) {
    agree(village, [at, at + 1], at);
    deny(village, at + 1, at + 2);
  }
  for (let at = 4; at < agents; at += 8) agree(village, [at, at - 2, at - 4], at + 1);
  return village;
}

export function say(village: Village, by: number): Statement {
  const said = statement(nameOf(by), `grown ${String(village.statements.length).padStart(3, '0')}`);
  village.statements.push(said);
  return said;
}

/** These agents say the same: a harmony of two, a consensus of more. */
export function agree(village: Village, by: readonly number[], topic: number): void {
  const statements = by.map((index) => say(village, index));
  village.agreements.push({
    id: `agreement.${statements[0]?.id}`,
    kind: by.length > 2 ? 'consensus' : 'harmony',
    topic: WORDS[topic % WORDS.length] ?? '',
    agents: by.map((index) => agent(nameOf(index))),
    statements,
    pairs: [],
    lowest: 0.8,
    since: statements.at(-1)?.created_at ?? '',
  });
}

export function deny(village: Village, one: number, other: number): void {
  const [says, denies] = [say(village, one), say(village, other)];
  village.tensions.push({
    ...{ id: `tension.${says.id}.${denies.id}`, says, denies, similarity: 0.8 },
    ...{ reason: 'One has "not".', judged_by: 'rules', since: denies.created_at },
  });
}

export function sceneOfVillage({ statements, agreements, tensions }: Village): Scene {
  const convergence: Convergence = {
    ...{ threshold: 0.7, floor: 0.5, method: { embedding_model: 'test', judged_by: 'rules' } },
    ...{ agreements, tensions, near: [], matrix: [], agents: [], pending: 0 },
    counts: { agreements: agreements.length, tensions: tensions.length, agents: 0, statements: statements.length },
  };
  return sceneOf({ convergence, statements: statements.toReversed(), hasMore: false, asOf: undefined });
}
