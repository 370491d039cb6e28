import { z } from 'zod';
import { pushFiles } from '../../../functions/tools/git/push-files.ts';
import { pushOf, useGitServer } from './push-support.ts';

/** A process that pushes, to be killed. It reads its order as JSON from standard input and prints how it ended. */
const Order = z.object({
  host: z.string(),
  caFile: z.string(),
  token: z.string(),
  repository: z.string(),
  callKey: z.string(),
  files: z.record(z.string(), z.string()),
});

let text = '';
for await (const chunk of process.stdin) text += chunk;
const { repository, files, callKey, ...server } = Order.parse(JSON.parse(text));
useGitServer(server);
const result = await pushFiles(pushOf(server, repository, files, { plan: { callKey } }), true);
console.log(JSON.stringify(result));
// Whoever started it kills it between this line and the end, or takes the line.
setTimeout(() => process.exit(0), 200);
