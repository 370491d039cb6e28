import type { ChainResult } from './chain/chain.ts';
import { IN_FLIGHT } from './chain/load.ts';
import type { ColdStartResult } from './cold-start/cold-start.ts';
import type { Machine } from './machine.ts';
import { CONNECTIONS, type RequestsResult } from './requests/requests.ts';

/** Everything that a run of the bench measured; what was not asked for, or had no database, is left out. */
export interface Report {
  machine: Machine;
  seconds: number;
  rounds: number;
  chain?: ChainResult;
  requests?: RequestsResult;
  coldstart?: ColdStartResult;
}

/** The report for people. */
export function tableOf({ machine, seconds, rounds, chain, requests, coldstart }: Report): string {
  const postgres =
    machine.postgres === null ? 'no PostgreSQL' : `PostgreSQL ${machine.postgres} (fsync ${machine.postgres_fsync})`;
  return [
    `Node ${machine.node}, ${postgres}, ${machine.cpu_count} × ${machine.cpu}, load before: ${machine.load_before}`,
    `Medians of ${rounds} rounds of ${seconds} s; in each round every peer is measured in turn. Absolute figures move with the machine and its`,
    'neighbours: read the ratios, which are taken within a round. CPU is what the process used of a core; neighbours hardly move it.',
    ...(chain ? chainLines(chain) : []),
    ...(requests ? requestLines(requests) : []),
    ...(coldstart ? coldStartLines(coldstart) : []),
    '',
  ].join('\n');
}

function chainLines({ product, floor, ...ratios }: ChainResult): string[] {
  const line = (name: string, figures: ChainResult['product']['step']) =>
    row(
      name,
      `${figures.steps_per_second} steps/s`,
      `CPU ${figures.cpu_us_per_step} µs`,
      `chain p50 ${figures.chain_p50_ms} ms`,
      `p99 ${figures.chain_p99_ms} ms`,
    );
  return [
    '',
    `Durable chain: 5 steps, each started by the one before, ${IN_FLIGHT} chains in flight, 5 database connections`,
    line('ApexFlow step, one round trip', product.step),
    line('ApexFlow turn: claim, then fenced record', product.turn),
    line('bare server, transaction of 4 round trips', floor.transaction),
    line('bare server, one fenced statement', floor.one_statement),
    verdict('step / bare transaction', ratios.ratio, ratios.aim, 'at least'),
    `  step / bare statement ${ratios.ratio_to_one_statement}, turn / bare transaction ${ratios.turn_ratio}, turn / bare statement ${ratios.turn_ratio_to_one_statement}`,
    '  ApexFlow: its own queue pushes over HTTP with an OIDC token; router, schema, forced row-level security, outbox row written and removed.',
    '  Bare: node:http posts to itself, none of these. Each side has queue or driver and server in one process, as `npm start` has.',
  ];
}

function requestLines({ product, bare, framework, ...ratios }: RequestsResult): string[] {
  const line = (name: string, figures: RequestsResult['product']) =>
    row(
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
    '  ApexFlow: RS256 token, member and role read with every request, rate limit, forced row-level security, reply checked against its schema.',
  ];
}

const SHOWN_FUNCTIONS = 5;

function coldStartLines({ functions, ...figures }: ColdStartResult): string[] {
  return [
    '',
    `Cold start: process start to the first 200, ${functions.length} functions, compile cache filled as in the image`,
    row(
      'empty function of the Functions Framework',
      `${figures.framework_ms} ms`,
      `CPU ${figures.framework_cpu_ms} ms`,
    ),
    ...functions
      .slice(0, SHOWN_FUNCTIONS)
      .map((start) =>
        row(
          start.name,
          `${start.milliseconds} ms`,
          `CPU ${start.cpu_milliseconds} ms`,
          `${start.ratio} of it`,
          `CPU ${start.cpu_ratio} of it`,
        ),
      ),
    row('median of all functions', '', '', `${figures.median_ratio} of it`),
    verdict('slowest function / Functions Framework', figures.worst_ratio, figures.aim, 'at most'),
    `  highest by CPU: ${figures.worst_cpu_ratio}`,
  ];
}

function row(name: string, ...cells: string[]): string {
  return `  ${name.padEnd(44)}${cells.map((cell) => cell.padStart(20)).join('')}`;
}

function verdict(name: string, ratio: number, aim: number, direction: 'at least' | 'at most'): string {
  const holds = direction === 'at least' ? ratio >= aim : ratio <= aim;
  return `  => ${name}: ${ratio} (aim: ${direction} ${aim}) ${holds ? 'reached' : 'NOT reached'}`;
}
