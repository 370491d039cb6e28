import { openBench, type RunBench, waitFor } from '../../runs/bench.ts';
import type { ScriptedAnswer, ScriptedRequest } from '../../support/scripted-provider.ts';
import type { Answer, Person } from '../../support/server.ts';
import { call } from '../../support/team-script.ts';

/** A request of a member or, without a name, of the chair. */
export interface Seat {
  name: string;
  round: number;
  /** What the model is told first. */
  told: string;
  /** The number of answers that it has given, and what it read after the last one. */
  turn: number;
  read: string;
  request: ScriptedRequest;
}

type Speaks = (seat: Seat) => ScriptedAnswer | Promise<ScriptedAnswer>;

export interface CouncilBench extends RunBench {
  /** Replaces what members and the chair say. */
  seat(member: Speaks, chair?: Speaks): void;
  /** All requests of members and of the chair, as `name/round`. */
  asked(): string[];
  /** What the first requests of a member or of the chair (`name` is '') in a round were told. */
  toldTo(name: string, round: number): string;
  begin(body: Record<string, unknown>): Promise<Answer['body']>;
  council(id: string, who?: Person): Promise<Answer['body']>;
  /** Waits until the council matches; by default until it has ended. */
  until(id: string, matches?: (council: Answer['body']) => boolean): Promise<Answer['body']>;
  post(path: string, body?: unknown, who?: Person): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** Waits until nothing of a run is under way and no task of it is left. */
  untilSettled(runId: string): Promise<void>;
}

export async function openCouncilBench(): Promise<CouncilBench> {
  const bench = await openBench();
  const { server, person, team } = bench;
  const seen = () => team.asked.flatMap(({ role, request }) => (isSeat(role) ? [seatOf(request)] : []));
  const council: CouncilBench['council'] = async (id, who = person) =>
    (await server.call('GET', `/api/v1/agents/council/${id}`, { token: who.token })).body;
  const post: CouncilBench['post'] = (path, body, who = person) =>
    server.call('POST', `/api/v1/agents/council${path}`, {
      token: who.token,
      ...(body === undefined ? {} : { body }),
    });
  return {
    ...bench,
    seat: (member, chair = () => closing()) =>
      team.perform({
        councillor: [(request) => member(seatOf(request))],
        chair: [(request) => chair(seatOf(request))],
      }),
    asked: () => seen().map(({ name, round }) => `${name || 'chair'}/${round}`),
    toldTo: (name, round) => seen().find((seat) => seat.name === name && seat.round === round)?.told ?? '',
    begin: async (body) => {
      const { status, body: started } = await post('', { question: 'Which one?', ...body });
      if (status !== 201) throw new Error(`The council was answered ${status}: ${JSON.stringify(started)}`);
      return started;
    },
    council,
    until: (id, matches = ({ status }) => status !== 'running' && status !== 'paused') =>
      waitFor(
        'the council to match',
        async () => {
          const found = await council(id);
          return matches(found) && found;
        },
        // On a machine that other work saturates the first model calls of a process took 25 s.
        50_000,
      ),
    post,
    get: (path) => server.call('GET', `/api/v1/agents/council${path}`, { token: person.token }),
    untilSettled: async (runId) => {
      await waitFor('the tasks of the run to be done', async () => {
        const [row] = await bench.asOwner(
          `select exists (select from outbox where payload ->> 'run_id' = $1) or exists (select from run_nodes
            where run_id = $1 and (status = 'running' or status = 'pending' and rung_at is not null)) as is_busy`,
          [runId],
        );
        return row?.is_busy === false;
      });
    },
  };
}

function isSeat(role: string): boolean {
  return role === 'councillor' || role === 'chair';
}

/** Returns who asks with a request, and in which round. */
export function seatOf(request: ScriptedRequest): Seat {
  const [first] = request.messages;
  const told = first?.role === 'user' ? first.text : '';
  const [, round, name] = /This is round (\d+) of at most \d+\. You are ([^\n]+)\. Give/.exec(told) ?? [];
  const [, closed] = /Round (\d+) of at most \d+ is over\./.exec(told) ?? [];
  const last = request.messages.at(-1);
  const read = last?.role === 'tool' ? (last.results[0]?.output ?? '') : last?.role === 'user' ? last.text : '';
  const turn = request.messages.filter(({ role }) => role === 'assistant').length;
  return { name: name ?? '', round: Number(round ?? closed), told, turn, read, request };
}

export function stance(position: string, more: Record<string, unknown> = {}): ScriptedAnswer {
  return {
    toolCalls: [
      call('submit_stance', {
        position,
        statement: `I hold ${position}.`,
        confidence: 0.7,
        reasons: [`${position} is simpler.`],
        would_change: 'A measurement.',
        ...more,
      }),
    ],
  };
}

export function closing(more: Record<string, unknown> = {}): ScriptedAnswer {
  return {
    toolCalls: [
      call('close_round', { agreements: ['It matters.'], disagreements: [], summary: 'So it stands.', ...more }),
    ],
  };
}

/** Holds answers until it is opened. */
export function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const after = async (answer: ScriptedAnswer) => {
    await promise;
    return answer;
  };
  return { after, open: resolve };
}

export const members = (...names: string[]) => names.map((name) => ({ name }));

/** A council of two that decides between two options. */
export const TWO = { options: ['Apples', 'Bees'], agents: members('Ada', 'Bo') };
