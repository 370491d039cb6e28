/** A pair of statements of different agents. */
export interface PairLink {
  one: string;
  other: string;
  one_agent: string;
  other_agent: string;
  relation: 'agree' | 'deny';
  similarity: number;
}

interface Group {
  members: string[];
  /** How many members each agent has. */
  agents: Map<string, number>;
  /** What is known of the pairs with each other group. */
  links: Map<Group, { sum: number; isDenied: boolean }>;
}

/**
 * Groups statements that agree. Starts from the most similar pair, and joins two groups when the mean similarity of all
 * pairs between them reaches the threshold (average link) and none of these pairs is a denial. A pair that is not known
 * counts 0, so one statement that is near two others does not join them. Pairs of one agent are not counted. Returns
 * the groups with the statements of two agents or more. Takes n log n steps for n pairs.
 */
export function clusterAgreements(links: readonly PairLink[], threshold: number): string[][] {
  const groupOf = new Map<string, Group>();
  const group = (id: string, agent: string) => {
    const known = groupOf.get(id);
    if (known !== undefined) return known;
    const fresh: Group = { members: [id], agents: new Map([[agent, 1]]), links: new Map() };
    groupOf.set(id, fresh);
    return fresh;
  };
  for (const { one, other, one_agent: oneAgent, other_agent: otherAgent, relation, similarity } of links) {
    const isDenied = relation === 'deny';
    addLink(group(one, oneAgent), group(other, otherAgent), isDenied ? 0 : similarity, isDenied);
  }
  const agreements = links
    .filter(({ relation, similarity }) => relation === 'agree' && similarity >= threshold)
    .sort(
      (first, second) =>
        second.similarity - first.similarity || (first.one + first.other < second.one + second.other ? -1 : 1),
    );
  for (const { one, other } of agreements) {
    const [left, right] = [groupOf.get(one), groupOf.get(other)];
    if (left === undefined || right === undefined || left === right || !mayJoin(left, right, threshold)) continue;
    const [large, small] = left.links.size >= right.links.size ? [left, right] : [right, left];
    join(large, small);
    for (const id of small.members) groupOf.set(id, large);
  }
  return [...new Set(groupOf.values())].filter(({ agents }) => agents.size > 1).map(({ members }) => members);
}

function addLink(one: Group, other: Group, sum: number, isDenied: boolean): void {
  const known = one.links.get(other);
  const link = { sum: (known?.sum ?? 0) + sum, isDenied: isDenied || (known?.isDenied ?? false) };
  one.links.set(other, link);
  other.links.set(one, link);
}

function mayJoin(one: Group, other: Group, threshold: number): boolean {
  const link = one.links.get(other);
  if (link === undefined || link.isDenied) return false;
  let pairs = one.members.length * other.members.length;
  for (const [agent, count] of one.agents) pairs -= count * (other.agents.get(agent) ?? 0);
  return link.sum / pairs >= threshold;
}

function join(large: Group, small: Group): void {
  large.members.push(...small.members);
  for (const [agent, count] of small.agents) large.agents.set(agent, (large.agents.get(agent) ?? 0) + count);
  large.links.delete(small);
  for (const [far, { sum, isDenied }] of small.links) {
    if (far === large) continue;
    far.links.delete(small);
    addLink(large, far, sum, isDenied);
  }
}
