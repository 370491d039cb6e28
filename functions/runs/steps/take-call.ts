import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { TakeCall } from '../calls/call.ts';
import { CALL } from '../calls/call-node.ts';
import { takeTurns } from '../take-turns.ts';

/**
 * Runs the call of a user. The keys are for tools that search or embed. Idempotent: duplicate, late and concurrent
 * deliveries are no-ops.
 */
export const takeCall = step(TakeCall, {
  memoryMiB: 1024,
  concurrency: 20,
  secrets: [...MODEL_KEYS, 'BRAVE_SEARCH_API_KEY'],
}).handle((delivery) => takeTurns(CALL, delivery));
