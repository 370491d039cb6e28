import type { Queryable, Transaction } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import type { ModelChoice } from '../../platform/models/model.ts';
import { appendEvents } from '../../runs/events/follow-run.ts';
import { modelOf, startRun } from '../../runs/lifecycle/start.ts';
import { refuseUnusable } from '../../runs/open-model.ts';
import { findTenantModels, insertCouncil, insertRound } from '../sql/council.ts';
import { type Member, roundsOf, ShareCouncil, type StartCouncilBody, TakeCouncilTurn } from './council.ts';
import { foreseeCost } from './foresee-cost.ts';
import { DEFAULT_PERSONAS, NO_PERSONA } from './personas.ts';
import { firstGraph, modelOfNode, roundStarted } from './rounds.ts';

/**
 * Starts a council in the caller's transaction: its run, its first round and the tasks of all members.
 * @returns the council's id
 * @throws Problem 422 for a model whose provider has no key, 429 with too many runs under way, 501 when no model is
 * configured
 */
export async function startCouncil(transaction: Transaction, body: StartCouncilBody): Promise<string> {
  const { agents, chair_model, foreseen } = await planCouncil(transaction, body);
  const { question, options, threshold, mode, budget_usd, share_in_village } = body;
  const runId = await startRun(
    transaction,
    { kind: 'council', query: question, team: [], budget_usd },
    { ...firstGraph({ agents, chair_model, mode }), ...(share_in_village && { followed_by: ShareCouncil.step }) },
    { turnStep: TakeCouncilTurn.step, choice: (node) => modelOfNode({ agents, chair_model }, node.name) },
  );
  const id = createId('council');
  await transaction.queryAll([
    insertCouncil({
      id,
      runId,
      question,
      options,
      agents,
      chairModel: chair_model,
      rounds: roundsOf(body),
      threshold,
      mode,
      foreseenUsd: foreseen.foreseen_usd,
      shareInVillage: share_in_village,
    }),
    insertRound(id, 1),
    appendEvents(runId, [roundStarted(1)]),
  ]);
  return id;
}

/**
 * Returns the members of a council with their parts and models, the model of the chair, and what it will probably cost.
 * The chair has the model that the tenant has configured, so that a member's model that fails does not end the council.
 * @throws Problem 422 for a model whose provider has no key, 501 when no model is configured
 */
export async function planCouncil(
  queryable: Queryable,
  body: StartCouncilBody,
): Promise<{ agents: Member[]; chair_model: string; foreseen: ReturnType<typeof foreseeCost> }> {
  const tenant = await findTenantModels(queryable);
  const given: NonNullable<StartCouncilBody['agents']> = body.agents ?? [...DEFAULT_PERSONAS];
  const seats = given.map(({ name, persona, model }) => {
    const choice = model ?? modelOf(tenant?.worker_config, { name, worker: 'councillor' });
    return { name, persona: persona ?? personaOf(name), choice };
  });
  const chair = modelOf(tenant?.worker_config, { name: 'chair', worker: 'chair' });
  await refuseUnusable([
    ...seats.map(({ choice }, index) => ({ choice, path: `body.agents.${index}.model` })),
    ...(body.mode === 'vote' ? [] : [{ choice: chair, path: 'chair_model' }]),
  ]);
  const agents = seats.map(({ choice, ...seat }) => ({ ...seat, model: textOf(choice) }));
  const council = { ...body, agents, chair_model: textOf(chair), rounds: roundsOf(body) };
  return { agents, chair_model: council.chair_model, foreseen: foreseeCost(council, tenant?.prices, new Date()) };
}

function textOf({ provider, model }: ModelChoice): string {
  return `${provider}/${model}`;
}

function personaOf(name: string): string {
  const known = DEFAULT_PERSONAS.find((persona) => persona.name.toLowerCase() === name.toLowerCase());
  return known?.persona ?? NO_PERSONA;
}
