import { type BacklogResult, START_P95_AIM_MS } from './backlog/backlog.ts';
import { type ChainResult, DISTANCE_MS, PEER_AIM } from './chain/chain.ts';
import { PEERS } from './chain/contestants.ts';
import { IN_FLIGHT, POOL_SIZE } from './chain/load.ts';
import { FIRST_TOKEN_AIM_MS, type FirstTokenResult } from './chat/first-token.ts';
import type { ColdStartResult } from './cold-start/cold-start.ts';
import type { ConvergenceResult } from './convergence/convergence.ts';
import type { LabelledResult } from './convergence/labelled.ts';
import { convergenceLines, labelledLines } from './convergence/lines.ts';
import { GRAPH_AIM, type GraphResult } from './graph/graph.ts';
import { GROWTH_AIM_MIB, type ImportResult } from './imports/measure-import.ts';
import { rowOf, verdict } from './lines.ts';
import { CLIENTS, type LoadResult, STALL_AIM_MS } from './load/load.ts';
import type { Machine } from './machine.ts';
import { CLIENTS as FOLLOWERS, type RealtimeResult } from './realtime/realtime.ts';
import { CONNECTIONS, type RequestsResult } from './requests/requests.ts';

/** The measurements of a run. Parts that were not requested, or had no database, are missing. */
export interface Report {
  machine: Machine;
  seconds: number;
  rounds: number;
  chain?: ChainResult;
  /** The chain with an additional millisecond to the database. */
  distance?: ChainResult;
  backlog?: BacklogResult;
  graph?: GraphResult;
  chat?: FirstTokenResult;
  import?: ImportResult;
  requests?: RequestsResult;
  load?: LoadResult;
  realtime?: RealtimeResult;
  coldstart?: ColdStartResult;
  convergence?: ConvergenceResult;
  /** The labelled pairs, which need no database. */
  labelled?: LabelledResult[];
}

/** Returns the report as text. */
export function tableOf({
  machine,
  seconds,
  rounds,
  chain,
  distance,
  backlog,
  graph,
  chat,
  import: imported,
  requests,
  load,
  realtime,
  coldstart,
  convergence,
  labelled,
}: Report): string {
  const postgres =
    machine.postgres === null ? 'no PostgreSQL' : `PostgreSQL ${machine.postgres} (fsync ${machine.postgres_fsync})`;
  return [
    `Node ${machine.node}, ${postgres}, ${machine.cpu_count} × ${machine.cpu}, load before: ${machine.load_before}`,
    `Medians of ${rounds} rounds of ${seconds} s; in each round every peer is measured in turn. Absolute figures depend on the machine and its`,
    'other programs. Compare the ratios, which are taken within a round. CPU is the CPU time of the process.',
    ...(chain ? chainLines('Durable chain', chain) : []),
    ...(distance
      ? chainLines(`Durable chain with ${DISTANCE_MS} ms added to each round trip to the database`, distance)
      : []),
    ...(chain || distance ? CHAIN_NOTES : []),
    ...(backlog ? backlogLines(backlog) : []),
    ...(graph ? graphLines(graph) : []),
    ...(chat ? chatLines(chat) : []),
    ...(imported ? importLines(imported) : []),
    ...(requests ? requestLines(requests) : []),
    ...(load ? loadLines(load) : []),
    ...(realtime ? realtimeLines(realtime) : []),
    ...(coldstart ? coldStartLines(coldstart) : []),
    ...(labelled ? labelledLines(labelled) : []),
    ...(convergence ? convergenceLines(convergence) : []),
    '',
  ].join('\n');
}

function chainLines(title: string, { rows, ratios, aim, ratio }: ChainResult): string[] {
  const line = (row: ChainResult['rows'][number]) =>
    rowOf(
      row.label,
      `${row.steps_per_second} steps/s`,
      `CPU ${row.cpu_us_per_step} µs`,
      row.start_p50_ms === null ? '' : `start p50 ${row.start_p50_ms} ms`,
      row.start_p99_ms === null ? '' : `p99 ${row.start_p99_ms} ms`,
      `chain p50 ${row.chain_p50_ms} ms`,
      `p99 ${row.chain_p99_ms} ms`,
    );
  const peers = rows.filter(({ name }) => name in PEERS);
  return [
    '',
    `${title}: 5 steps, each started by the one before, ${IN_FLIGHT} chains in flight, ${POOL_SIZE} database connections`,
    ...rows.map(line),
    verdict('step / bare transaction', ratio, aim, 'at least'),
    ...peers.map(({ name, label }) =>
      verdict(`step / ${label}`, ratios.step[name] ?? Number.NaN, PEER_AIM, 'at least'),
    ),
    `  step / bare statement ${ratios.step.one_statement}; turn / bare transaction ${ratios.turn.transaction}, turn / bare statement ${ratios.turn.one_statement}`,
    ...(peers.length === 0
      ? []
      : [`  turn / ${peers.map(({ name, label }) => `${label} ${ratios.turn[name]}`).join(', ')}`]),
  ];
}

const CHAIN_NOTES = [
  '  Start: from the commit that made a step due to its handler. ApexFlow: its queue pushes over HTTP with an OIDC token; router, schema, forced',
  '  row-level security, fence, outbox row written and deleted. A turn adds claim and lease, history, tool call, ledger, totals and events.',
  '  Bare: node:http posts to itself, without any of these. Peers: workers in one process, no HTTP, token, tenant or fence; each stores the same',
  '  kilobyte once and starts the next step with its own queue, with its fastest settings.',
];

function backlogLines({ steps, done, steps_per_second, quiet, meanwhile, before, after }: BacklogResult): string[] {
  const waits = (name: string, figures: BacklogResult['quiet']) =>
    rowOf(
      name,
      `${figures.starts} starts`,
      `start p50 ${figures.start_p50_ms} ms`,
      `p95 ${figures.start_p95_ms} ms`,
      `p99 ${figures.start_p99_ms} ms`,
    );
  const state = (name: string, { claim, tables }: BacklogResult['before']) =>
    rowOf(
      name,
      `step ${claim.step_ms} ms`,
      `sweep ${claim.sweep_ms} ms`,
      ...tables.map((table) => `${table.name} ${table.megabytes} MB, ${table.dead} dead`),
    );
  return [
    '',
    `Backlog: ${steps} steps of one tenant in the outbox, drained by sweepers and queue (${done} done, ${steps_per_second} steps/s); another tenant starts steps`,
    waits('the other tenant, no backlog', quiet),
    waits('the other tenant, while it drains', meanwhile),
    state('claims and tables before', before),
    state('claims and tables after', after),
    verdict('start p95 of the other tenant, ms', meanwhile.start_p95_ms, START_P95_AIM_MS, 'at most'),
  ];
}

function graphLines({ nodes, parallel, thinking_ms, longest_path_ms, wall_ms, ratio }: GraphResult): string[] {
  return [
    '',
    `Planned run through POST /api/v1/runs: ${nodes} nodes, ${parallel} concurrent, a scripted model that takes ${thinking_ms} ms for each answer`,
    rowOf('from its request to its end', `${wall_ms} ms`, `longest path ${longest_path_ms} ms`),
    verdict('wall time / longest path', ratio, GRAPH_AIM, 'at most'),
  ];
}

function chatLines({
  answers,
  model_ms,
  first_token_ms,
  overhead_p50_ms,
  overhead_p95_ms,
}: FirstTokenResult): string[] {
  return [
    '',
    `First token of ${answers} chat answers through POST /api/v1/chat/message, each directly after a bare request to the same scripted model`,
    rowOf('p50', `${first_token_ms} ms`, `model alone ${model_ms} ms`, `overhead ${overhead_p50_ms} ms`),
    verdict('overhead p95, ms', overhead_p95_ms, FIRST_TOKEN_AIM_MS, 'at most'),
  ];
}

function importLines(result: ImportResult): string[] {
  const { megabytes, conversations, seconds, growth_mib, small_mib, large_mib } = result;
  return [
    '',
    `Import of ${megabytes} MB with ${conversations} conversations; memory of the whole process, with a heap of 128 MiB`,
    rowOf('import', `${seconds} s`, `${result.conversations_per_second} conversations/s`, `peak ${large_mib} MiB`),
    `  ${small_mib} MiB after 5 MB. One JSON.parse of the file takes ${result.json_parse_mib} MiB beside the program.`,
    `  Imported again: ${result.unchanged} unchanged. Killed at a third and started again: ${result.after_kill} created.`,
    verdict('memory that 50 MB more add, MiB', growth_mib, GROWTH_AIM_MIB, 'at most'),
  ];
}

function requestLines({ product, bare, framework, ...ratios }: RequestsResult): string[] {
  const line = (name: string, figures: RequestsResult['product']) =>
    rowOf(
      name,
      `${figures.requests_per_second} requests/s`,
      `CPU ${figures.cpu_us_per_request} µs`,
      `p50 ${figures.p50_ms} ms`,
      `p99 ${figures.p99_ms} ms`,
    );
  return [
    '',
    `Signed-in GET of one row by its key, ${CONNECTIONS} connections (autocannon in a process of its own), 5 database connections`,
    line('ApexFlow endpoint', product),
    line('bare node:http, query only', bare),
    line('Functions Framework, query only', framework),
    verdict('ApexFlow / bare node:http', ratios.ratio, ratios.aim, 'at least'),
    `  ApexFlow / Functions Framework ${ratios.ratio_to_framework}`,
    '  ApexFlow: RS256 token, user and role read in every request, rate limit, forced row-level security, reply checked against its schema.',
  ];
}

function loadLines({ rows, errors, embedded_longest_ms }: LoadResult): string[] {
  const line = (row: LoadResult['rows'][number]) =>
    rowOf(
      `${row.database}: ${row.name}`,
      `${row.requests_per_second} requests/s`,
      `p50 ${row.p50_ms} ms`,
      `p99 ${row.p99_ms} ms`,
      `longest ${row.longest_ms} ms`,
      `${row.peak_mib} MiB`,
      `${row.errors} errors`,
    );
  return [
    '',
    `Load: ${CLIENTS} signed-in users at once, each asks again as soon as it has its answer; the whole product as npm start runs it`,
    ...rows.map(line),
    verdict('errors of ApexFlow', errors, 0, 'at most'),
    verdict('longest profile with the embedded database, ms', embedded_longest_ms, STALL_AIM_MS, 'at most'),
  ];
}

function realtimeLines({ rates, aim, faults }: RealtimeResult): string[] {
  const line = (name: string, figures: RealtimeResult['rates'][number]['product']) =>
    rowOf(
      name,
      `p50 ${figures.p50_ms} ms`,
      `p99 ${figures.p99_ms} ms`,
      `CPU ${figures.cpu_us_per_delivery} µs per delivery`,
      `${figures.kib_per_client} KiB per client`,
    );
  return [
    '',
    `Fan-out: ${FOLLOWERS} WebSocket clients of one instance, each message to all of them`,
    ...rates.flatMap(({ per_second, product, bare, ratio }) => [
      line(`${per_second}/s: ApexFlow, from the commit`, product),
      line(`${per_second}/s: bare ws, from the sending`, bare),
      verdict(`p99 of ApexFlow / bare ws at ${per_second} messages a second`, ratio, aim, 'at most'),
    ]),
    verdict('lost or doubled events of ApexFlow', faults, 0, 'at most'),
    '  ApexFlow: each message is an event that another process commits; LISTEN, one read under row-level security, numbers without gaps.',
  ];
}

const SHOWN_FUNCTIONS = 5;

function coldStartLines({ functions, ...figures }: ColdStartResult): string[] {
  return [
    '',
    `Cold start: process start to the first 200, ${functions.length} functions, compile cache filled as in the image`,
    rowOf(
      'empty function of the Functions Framework',
      `${figures.framework_ms} ms`,
      `CPU ${figures.framework_cpu_ms} ms`,
    ),
    ...functions
      .slice(0, SHOWN_FUNCTIONS)
      .map((start) =>
        rowOf(
          start.name,
          `${start.milliseconds} ms`,
          `CPU ${start.cpu_milliseconds} ms`,
          `${start.ratio} of it`,
          `CPU ${start.cpu_ratio} of it`,
        ),
      ),
    rowOf('median of all functions', '', '', `${figures.median_ratio} of it`),
    verdict('highest CPU time / Functions Framework', figures.worst_cpu_ratio, figures.aim, 'at most'),
    `  slowest by the clock: ${figures.worst_ratio}`,
  ];
}
