import { socket } from '../../platform/socket.ts';
import { receiveSignedIn } from '../sign-in.ts';

/** Opens a connection for real-time frames: the client subscribes to channels. README.md has the protocol. */
export const openSocket = socket({ name: 'realtime-open-socket', route: 'GET /api/v1/ws' }).handle(
  ({ connection, database }) => receiveSignedIn({ connection, database }),
);
