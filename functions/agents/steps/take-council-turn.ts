import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { takeTurns } from '../../runs/take-turns.ts';
import { TakeCouncilTurn } from '../council/council.ts';
import { COUNCIL } from '../council/council-node.ts';

/**
 * Takes turns of a member or the chair of a council. Idempotent: duplicate, late and concurrent deliveries are no-ops.
 */
export const takeCouncilTurn = step(TakeCouncilTurn, {
  memoryMiB: 1024,
  concurrency: 20,
  secrets: MODEL_KEYS,
}).handle((delivery) => takeTurns(COUNCIL, delivery));
