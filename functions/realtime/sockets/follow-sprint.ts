import { z } from 'zod';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { socket } from '../../platform/socket.ts';
import { RunParams } from '../../runs/run.ts';
import { receiveSignedIn } from '../sign-in.ts';

/**
 * Opens a connection that follows a sprint, or a run of any kind: its events after `?after=`, by default all. The
 * frames are those of `/api/v1/ws`. Closes with 4404 when the caller's tenant has no such run.
 */
export const followSprint = socket({
  name: 'realtime-follow-sprint',
  route: 'GET /api/v1/ws/sprints/{id}',
  deployment: { secrets: MODEL_KEYS },
  params: RunParams,
  query: z.strictObject({ after: z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).default(0) }),
}).handle(({ connection, database, params, query }) =>
  receiveSignedIn({
    connection,
    database,
    onReady: (session) => session.subscribe(`run:${params.id}`, query.after),
  }),
);
