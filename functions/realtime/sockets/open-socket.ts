import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { socket } from '../../platform/socket.ts';
import { receiveSignedIn } from '../sign-in.ts';

/**
 * Opens a connection for real-time frames: the client subscribes to channels and writes to the chat. README.md has the
 * protocol.
 */
export const openSocket = socket({
  name: 'realtime-open-socket',
  route: 'GET /api/v1/ws',
  deployment: { secrets: MODEL_KEYS },
}).handle(({ connection, database }) => receiveSignedIn({ connection, database }));
