import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { ModelError } from '../../platform/models/model.ts';
import { chooseModel } from '../choose-model.ts';
import { ringAll } from '../claim.ts';
import { scriptedMark } from '../end-node.ts';
import { sprintGraph } from '../graph.ts';
import { ENGINE_VERSION, Sprint, StartSprintBody } from '../run.ts';
import { appendEvents } from '../sql/event.ts';
import { insertNodes, ringNode } from '../sql/node.ts';
import { findSprintById, findTenantForStart, insertRun } from '../sql/run.ts';
import { TEAM_WORKERS } from '../worker.ts';

/**
 * Starts a sprint: the run, its nodes, its first event and its first task are one transaction with the answer, so an accepted sprint is never lost.
 * Repeating the call with the same Idempotency-Key returns the first sprint. Over the tenant's `max_concurrent_sprints` it is 429.
 */
export const startSprint = endpoint({
  name: 'runs-start-sprint',
  route: 'POST /api/v1/sprints',
  access: 'runs:write',
  summary: 'Starts a sprint: a team of workers plans, works in parallel and hands over files.',
  body: StartSprintBody,
  reply: { 202: Sprint },
  idempotent: true,
}).handle(async ({ body, transaction }) => {
  const tenant = await findTenantForStart(transaction);
  if (tenant.active >= tenant.max_concurrent_sprints) {
    throw new Problem(
      'too-many-requests',
      `Your tenant runs ${tenant.max_concurrent_sprints} sprints at the same time at most; wait for one to end or cancel one.`,
      { retryAfterSeconds: 10 },
    );
  }
  const team = body.team ?? [...TEAM_WORKERS];
  const graph = sprintGraph(team);
  const id = createId('run');
  const nodes = graph.nodes.map((node) => ({
    id: createId('node'),
    ...node,
    ...modelOf(tenant.worker_config, node.worker),
  }));
  const [plan] = nodes;
  if (plan === undefined) throw new Error('A sprint has no plan');
  const rung = await transaction.queryAll([
    insertRun({
      id,
      kind: 'sprint',
      query: body.task,
      team,
      githubRepo: body.github_repo,
      budgetUsd: body.budget_usd,
      graph,
      modelUsed: `${plan.provider}/${plan.model}`,
      engineVersion: ENGINE_VERSION,
    }),
    insertNodes(id, nodes),
    appendEvents(id, [
      {
        type: 'run_started',
        level: 'info',
        source: 'system',
        message: 'The sprint is accepted',
        data: { team, ...scriptedMark(plan.provider) },
      },
    ]),
    ringNode(plan.id),
  ]);
  transaction.afterCommit(() => ringAll(rung.flat()));
  const sprint = await findSprintById(transaction, id);
  if (sprint === undefined) throw new Error('The sprint that was just written is not there');
  return { status: 202, body: sprint, headers: { location: `/api/v1/sprints/${id}` } };
});

function modelOf(workerConfig: unknown, worker: string) {
  try {
    return chooseModel(workerConfig, worker);
  } catch (error) {
    if (error instanceof ModelError) throw new Problem('not-available', error.message, { cause: error });
    throw error;
  }
}
