import type { LocationQuery } from 'vue-router';
import type { Answer } from '../../../api/client.ts';
import { emptyForm, type StartForm } from './form.ts';

type Run = Answer<'/api/v1/runs/{id}', 'get'>;

/**
 * Fills the form from the run that is repeated. The address may say from where: `&from=failure`, or `&node=` with the
 * name of a node.
 */
export function formOfRun(run: Run, query: LocationQuery): StartForm {
  const without = scopesWithout(run);
  const node = run.graph.nodes.find(({ id }) => id === query.node)?.id;
  const wanted = node !== undefined ? 'node' : query.from === 'failure' ? 'failure' : 'whole';
  const failed = run.graph.nodes.find(({ status }) => status === 'failed')?.id;
  return {
    ...emptyForm(),
    task: run.query,
    mode: run.kind === 'sprint' ? 'team' : 'planner',
    budget: run.budget_usd ?? '',
    repo: run.github_repo ?? '',
    hosts: run.allowed_hosts.join('\n'),
    scope: without.includes(wanted) ? 'whole' : wanted,
    node: node ?? failed ?? run.graph.nodes[0]?.id ?? '',
  };
}

/** Returns the ways of repeating that this run does not have. */
export function scopesWithout(run: Pick<Run, 'graph'>): StartForm['scope'][] {
  const { nodes } = run.graph;
  const isComplete = nodes.every(({ status }) => status === 'completed');
  return [...(isComplete ? (['failure'] as const) : []), ...(nodes.length === 0 ? (['node'] as const) : [])];
}
