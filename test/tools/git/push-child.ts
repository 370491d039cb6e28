import { z } from 'zod';
import { pushFiles } from '../../../functions/tools/git/push-files.ts';
import { pushOf, useGitServer } from './push-support.ts';

/** A process that pushes and that tests kill. It reads its input as JSON from standard input and prints the result. */
const Input = z.object({
  host: z.string(),
  caFile: z.string(),
  token: z.string(),
  repository: z.string(),
  callKey: z.string(),
  files: z.record(z.string(), z.string()),
});

let text = '';
for await (const chunk of process.stdin) text += chunk;
const { repository, files, callKey, ...server } = Input.parse(JSON.parse(text));
useGitServer(server);
const result = await pushFiles(pushOf(server, repository, files, { plan: { callKey } }), () => true);
console.log(JSON.stringify(result));
// The test kills the process after it has read the line above, or uses the line.
setTimeout(() => process.exit(0), 200);
