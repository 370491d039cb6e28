import { z } from 'zod';
import { syncLink } from '../../../functions/entities/sync/sync-link.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { SecretText } from '../../../functions/platform/secrets/secret-text.ts';
import { useGitServer } from './synced-memory.ts';

/** A process that syncs and can be killed. It reads its input as JSON from standard input and prints the outcome. */
const Order = z.object({
  host: z.string(),
  caFile: z.string(),
  token: z.string(),
  tenantId: z.string(),
  userId: z.string(),
});

let text = '';
for await (const chunk of process.stdin) text += chunk;
const { tenantId, userId, token, ...server } = Order.parse(JSON.parse(text));
useGitServer(server);
const work = { database: await openDatabase(), owner: { tenantId, userId }, signal: new AbortController().signal };
console.log(await syncLink({ ...work, credential: new SecretText(token) }));
await closeDatabase();
