import type { Agreement, Convergence, Named, Statement, Tension } from '../village-types.ts';

/**
 * What the picture shows, from what was read. Pure. Above 300 marks only agreements, tensions, agents and the
 * statements of both are drawn.
 */
export const MOST_MARKS = 300;

export interface Scene {
  agreements: readonly Agreement[];
  tensions: readonly Tension[];
  /** The agent that spoke last comes first. */
  agents: readonly Named[];
  /** The statements that are drawn, newest first. */
  statements: readonly Statement[];
  /** Answers between statements that are drawn. */
  replies: readonly { from: string; to: string }[];
  /** Pairs below the threshold, of statements that are drawn. */
  near: readonly { one: string; other: string; similarity: number }[];
  /** Whether there are too many statements to draw all. */
  isReduced: boolean;
}

interface Read {
  convergence: Convergence;
  /** Newest first. */
  statements: readonly Statement[];
  /** Whether older statements were not read. */
  hasMore: boolean;
  asOf: string | undefined;
}

export function sceneOf({ convergence, statements, hasMore, asOf }: Read): Scene {
  const { agreements, tensions } = convergence;
  const linked = [...agreements.flatMap((agreement) => agreement.statements), ...tensions.flatMap(endsOf)];
  const then = asOf === undefined ? Number.POSITIVE_INFINITY : Date.parse(asOf);
  const known = new Map([...linked, ...statements].map((statement) => [statement.id, statement]));
  const all = [...known.values()].filter(({ created_at: at }) => Date.parse(at) <= then).sort(newestFirst);
  const agents = agentsOf(all, convergence.agents);
  const isReduced = hasMore || all.length + agents.length > MOST_MARKS;
  const linkedIds = new Set(linked.map(({ id }) => id));
  const drawn = isReduced
    ? all.filter(({ id }) => linkedIds.has(id)).slice(0, Math.max(0, MOST_MARKS - agents.length))
    : all;
  const isDrawn = new Set(drawn.map(({ id }) => id));
  return {
    agreements,
    tensions,
    agents,
    statements: drawn,
    replies: drawn.flatMap(({ id, responding_to: to }) =>
      to.filter((other) => isDrawn.has(other)).map((other) => ({ from: id, to: other })),
    ),
    near: convergence.near.filter(({ one, other }) => isDrawn.has(one) && isDrawn.has(other)),
    isReduced,
  };
}

export function endsOf({ says, denies }: Pick<Tension, 'says' | 'denies'>): [Statement, Statement] {
  return [says, denies];
}

/** Agreements and tensions as what they have in common, the oldest first. */
export interface Cluster {
  id: string;
  kind: 'harmony' | 'consensus' | 'tension';
  since: string;
  statements: readonly Statement[];
}

export function clustersOf({ agreements, tensions }: Pick<Scene, 'agreements' | 'tensions'>): Cluster[] {
  return [
    ...agreements.map(({ id, kind, since, statements }) => ({ id, kind, since, statements })),
    ...tensions.map((tension) => ({
      id: tension.id,
      kind: 'tension' as const,
      since: tension.since,
      statements: endsOf(tension),
    })),
  ].sort((one, other) => Date.parse(one.since) - Date.parse(other.since) || (one.id < other.id ? -1 : 1));
}

/** Those who spoke, the last one first, then the others. */
function agentsOf(statements: readonly Statement[], others: readonly Named[]): Named[] {
  const named = new Map<string, Named>();
  for (const { agent, sides } of statements) {
    for (const one of [agent, ...(sides ?? [])]) if (!named.has(one.id)) named.set(one.id, one);
  }
  for (const one of others) if (!named.has(one.id)) named.set(one.id, one);
  return [...named.values()];
}

function newestFirst(one: Statement, other: Statement): number {
  return Date.parse(other.created_at) - Date.parse(one.created_at) || (one.id < other.id ? 1 : -1);
}

/** Returns the marks that belong to what is chosen, with the chosen mark; undefined when nothing is. */
export function relatedTo(scene: Scene, on: string | undefined): ReadonlySet<string> | undefined {
  if (on === undefined) return undefined;
  const marks = new Set<string>([on]);
  const addStatement = ({ id, agent }: Statement) => marks.add(id).add(agent.id);
  for (const { id, statements, agents } of scene.agreements) {
    const isIn =
      id === on || statements.some((statement) => statement.id === on) || agents.some((one) => one.id === on);
    if (isIn) marks.add(id);
    if (id === on) statements.forEach(addStatement);
  }
  for (const tension of scene.tensions) {
    const ends = endsOf(tension);
    if (tension.id === on) ends.forEach(addStatement);
    else if (ends.some(({ id, agent }) => id === on || agent.id === on)) marks.add(tension.id);
  }
  for (const statement of scene.statements) {
    const { id, agent, thread_id: thread, responding_to: to } = statement;
    if (id === on || agent.id === on || thread === on || to.includes(on)) addStatement(statement);
  }
  return marks.size > 1 || hasMark(scene, on) ? marks : undefined;
}

function hasMark({ agents, statements }: Scene, id: string): boolean {
  return agents.some((agent) => agent.id === id) || statements.some((statement) => statement.id === id);
}
