import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type ScriptedHttpServer, startHttpServer } from '../../support/scripted-server.ts';

/** The pages that the console is compared with. They have no script of their own. */
const EMPTY = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Empty</title><h1>Empty page</h1>';
const LIST = `<!doctype html><html lang="en"><meta charset="utf-8"><title>List</title><h1>List of empty rows</h1>
<div id="list" style="height:600px;overflow-y:auto">${'<div style="height:36px;border-bottom:1px solid"></div>'.repeat(10_000)}</div>`;

export interface BenchServer extends ScriptedHttpServer {
  /** Sends this many events a second to the page that follows a run; 0 only holds its stream open. */
  stream(eventsPerSecond: number): void;
  /** The number of events that it has sent. */
  sent(): number;
}

/**
 * Serves `/empty`, `/list`, and everything else from the product, apart from the stream of a run: its events come from
 * here, because an engine that writes 50 events a second would take the processor from the browser.
 */
export async function startBenchServer(product: string, lastSeq: number): Promise<BenchServer> {
  let rate = 0;
  let seq = lastSeq;
  const streams = new Set<ServerResponse>();
  const server = await startHttpServer((incoming, outgoing) => {
    if (incoming.url === '/empty') outgoing.setHeader('content-type', 'text/html').end(EMPTY);
    else if (incoming.url === '/list') outgoing.setHeader('content-type', 'text/html').end(LIST);
    else if (/^\/api\/v1\/runs\/[^/]+\/events/.test(incoming.url ?? '')) openStream(streams, outgoing);
    else forward(product, incoming, outgoing);
  });
  let owed = 0;
  const timer = setInterval(() => {
    for (owed += rate / TICKS_PER_SECOND; owed >= 1; owed -= 1) {
      seq += 1;
      for (const stream of streams) stream.write(frameOf(seq));
    }
  }, 1000 / TICKS_PER_SECOND);
  return {
    ...server,
    stream: (eventsPerSecond) => {
      rate = eventsPerSecond;
    },
    sent: () => seq - lastSeq,
    close: () => {
      clearInterval(timer);
      return server.close();
    },
  };
}

const TICKS_PER_SECOND = 50;

function openStream(streams: Set<ServerResponse>, outgoing: ServerResponse): void {
  outgoing.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  outgoing.flushHeaders();
  streams.add(outgoing);
  outgoing.once('close', () => streams.delete(outgoing));
}

/** An event of each kind in turn, as the engine writes them. */
function frameOf(seq: number): string {
  const turn = Math.floor(seq / 3);
  const kind = (['turn_completed', 'tool_completed', 'message_sent'] as const)[seq % 3];
  const rest = {
    turn_completed: { cost_usd: '0.00012', duration_ms: 900, input_tokens: 1200, output_tokens: 90 },
    tool_completed: { tool: 'write_file', index: 0, output: 'ok', is_error: false, duration_ms: 12 },
    message_sent: { to: 'frontend', content: `Part ${turn} answers {"value": ${turn}}.` },
  }[kind ?? 'turn_completed'];
  const event = {
    seq,
    timestamp: new Date().toISOString(),
    type: kind,
    level: 'info',
    source: 'backend',
    message: `I look at part ${turn}. The handler reads the row and answers.`,
    data: { node: 'backend', turn, ...rest },
    truncated: false,
  };
  return `id: ${seq}\nevent: ${kind}\ndata: ${JSON.stringify(event)}\n\n`;
}

function forward(product: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { hostname, port } = new URL(product);
  const { method, url: path, headers } = incoming;
  const sent = request({ hostname, port, method, path, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  sent.on('error', () => outgoing.destroy());
  incoming.pipe(sent);
}
