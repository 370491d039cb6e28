import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { noChannel, readChannelName } from '../channels/kinds.ts';
import { listPresent } from '../sql/presence.ts';

const MOST_USERS = 100;

/**
 * Lists who is in a channel at the moment, at most 100 users, the longest present first. A user counts until 45 seconds
 * after their last heartbeat. Needs the scope of the channel: `runs:read` for `run:<id>`. 404 for a channel that the
 * caller cannot read.
 */
export const listPresence = endpoint({
  name: 'realtime-list-presence',
  route: 'GET /api/v1/realtime/presence',
  access: 'signed-in',
  summary: 'Lists who is in a channel.',
  query: z.strictObject({ channel: z.string().min(1).max(200) }),
  reply: {
    200: z.strictObject({
      channel: z.string(),
      users: z.array(z.strictObject({ id: z.string(), name: z.string(), state: z.enum(['viewing', 'typing']) })),
    }),
  },
}).serve(async ({ query, database, identity }) => {
  const channel = readChannelName(query.channel);
  const entered = await enter(database, identity, channel.kind.access);
  const seq = await channel.kind.authorise(entered, entered.caller, channel.id);
  if (seq === undefined) throw noChannel();
  return { status: 200, body: { channel: channel.text, users: await listPresent(entered, channel.text, MOST_USERS) } };
});
