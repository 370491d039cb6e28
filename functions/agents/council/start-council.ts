import type { Queryable, Transaction } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import { appendEvents } from '../../runs/events/follow-run.ts';
import { modelOf, startRun } from '../../runs/lifecycle/start.ts';
import { findTenantModels, insertCouncil, insertRound } from '../sql/council.ts';
import { type Member, type StartCouncilBody, TakeCouncilTurn } from './council.ts';
import { foreseeCost } from './foresee-cost.ts';
import { DEFAULT_PERSONAS, NO_PERSONA } from './personas.ts';
import { firstGraph, modelOfNode, roundStarted } from './rounds.ts';

/**
 * Starts a council in the caller's transaction: its run, its first round and the tasks of all members.
 * @returns the council's id
 * @throws Problem 429 with too many runs under way, 501 when no model is configured
 */
export async function startCouncil(transaction: Transaction, body: StartCouncilBody): Promise<string> {
  const { agents, foreseen } = await planCouncil(transaction, body);
  const { question, options, threshold, mode, budget_usd } = body;
  const runId = await startRun(
    transaction,
    { kind: 'council', query: question, team: [], budget_usd },
    firstGraph({ agents, mode }),
    { turnStep: TakeCouncilTurn.step, choice: (node) => modelOfNode({ agents }, node.name) },
  );
  const id = createId('council');
  const rounds = mode === 'vote' ? 1 : body.rounds;
  await transaction.queryAll([
    insertCouncil({
      id,
      runId,
      question,
      options,
      agents,
      rounds,
      threshold,
      mode,
      foreseenUsd: foreseen.foreseen_usd,
    }),
    insertRound(id, 1),
    appendEvents(runId, [roundStarted(1)]),
  ]);
  return id;
}

/** Returns the members of a council with their parts and models, and what it will probably cost. */
export async function planCouncil(
  queryable: Queryable,
  body: StartCouncilBody,
): Promise<{ agents: Member[]; foreseen: ReturnType<typeof foreseeCost> }> {
  const tenant = await findTenantModels(queryable);
  const given: NonNullable<StartCouncilBody['agents']> = body.agents ?? [...DEFAULT_PERSONAS];
  const agents = given.map(({ name, persona, model }) => {
    const { provider, model: named } = model ?? modelOf(tenant?.worker_config, { name, worker: 'councillor' });
    return { name, persona: persona ?? personaOf(name), model: `${provider}/${named}` };
  });
  return { agents, foreseen: foreseeCost({ ...body, agents }, tenant?.prices, new Date()) };
}

function personaOf(name: string): string {
  const known = DEFAULT_PERSONAS.find((persona) => persona.name.toLowerCase() === name.toLowerCase());
  return known?.persona ?? NO_PERSONA;
}
