import { resultOf, signUp } from './client.ts';

/**
 * Follows a sprint over a WebSocket: the tools that run, the states of the workers and their text while it is written.
 *
 *     npx node examples/websocket.ts "Build a counter"
 */

/** Node's own client sends headers; a browser takes a ticket instead (functions/realtime/README.md). */
const Client = WebSocket as unknown as new (url: URL, options: { headers: Record<string, string> }) => WebSocket;

const { client, token } = await signUp('WebSocket example');
const task = process.argv[2] ?? 'Build a counter: a page with a button, and a small API';
const sprint = resultOf(await client.POST('/api/v1/sprints', { body: { task, budget_usd: 2 } }));
const url = new URL(`/api/v1/ws/sprints/${sprint.id}`, process.env.APEXFLOW_URL ?? 'http://localhost:8080');

let last = 0;
let status = '';

/** Follows until the connection ends. The next one begins after the last number, so no event is missed or repeated. */
function follow(): Promise<void> {
  url.searchParams.set('after', String(last));
  const socket = new Client(url, { headers: { authorization: `Bearer ${token}` } });
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(String(data));
    if (frame.type === 'agent_update') console.log(`${(frame.node ?? 'sprint').padEnd(10)} ${frame.status}`);
    if (frame.type === 'tool_start') console.log(`${frame.node.padEnd(10)} runs ${frame.message.slice(0, 100)}`);
    if (frame.type === 'presence')
      console.log(`here: ${frame.users.map(({ name }: { name: string }) => name).join(', ')}`);
    if (frame.type === 'error') console.error(frame.detail);
    last = frame.seq ?? last;
    if (!/^run_(completed|failed|cancelled|cost_exceeded)$/.test(frame.event ?? '')) return;
    status = frame.status;
    socket.close();
  };
  return new Promise((resolve) => {
    socket.onclose = () => resolve();
  });
}

while (status === '') {
  await follow();
  if (status === '') await new Promise((resolve) => setTimeout(resolve, 1_000));
}
process.exitCode = status === 'completed' ? 0 : 1;
