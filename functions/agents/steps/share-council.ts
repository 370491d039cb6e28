import { step } from '../../platform/step.ts';
import { ShareCouncil } from '../council/council.ts';
import { sharePositions } from '../council/share-positions.ts';

/** Shares the positions of a completed council in the village. Idempotent: a second delivery posts nothing. */
export const shareCouncil = step(ShareCouncil).handle(({ payload, database }) => sharePositions(database, payload));
