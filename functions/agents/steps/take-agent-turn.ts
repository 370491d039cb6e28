import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { takeTurns } from '../../runs/take-turns.ts';
import { TakeAgentTurn } from '../agent.ts';
import { AGENT } from '../agent-node.ts';

/** Takes turns of an agent. Idempotent: duplicate, late and concurrent deliveries are no-ops. */
export const takeAgentTurn = step(TakeAgentTurn, {
  memoryMiB: 1024,
  concurrency: 20,
  secrets: [...MODEL_KEYS, 'BRAVE_SEARCH_API_KEY'],
}).handle((delivery) => takeTurns(AGENT, delivery));
