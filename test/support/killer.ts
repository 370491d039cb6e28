import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalServer } from './local-server.ts';
import type { ScriptedRequest } from './scripted-provider.ts';

/** A moment of a run: during the model call with this key, or a number of milliseconds after its answer. */
export interface Moment {
  key: string;
  at: 'during' | number;
}

export interface Killer {
  kills(): number;
  /**
   * Call it before a request is answered. Kills the server at the next moment of the request's key, and resolves before
   * the answer may be sent. Returns false when the request has no moment left.
   */
  meet(key: string, request: ScriptedRequest): Promise<boolean>;
  /** Resolves when no kill is under way; returns whether one was. */
  quiet(): Promise<boolean>;
}

/** Kills a server with SIGKILL once at each moment and starts it again, one kill at a time. */
export function createKiller(server: LocalServer, moments: readonly Moment[]): Killer {
  const left = [...moments];
  let kills = 0;
  let killing: Promise<void> | undefined;
  const kill = async () => {
    await server.kill();
    kills += 1;
    await server.restart();
  };
  return {
    kills: () => kills,
    meet: async (key, request) => {
      if (!left.some((moment) => moment.key === key)) return false;
      // A request from before the kill ends with the server, and the next server sends it again.
      while (killing !== undefined) await killing;
      const index = left.findIndex((moment) => moment.key === key);
      const moment = left[index];
      if (moment === undefined || request.endedAt !== undefined) return true;
      left.splice(index, 1);
      const pause = moment.at === 'during' ? Promise.resolve() : answered(request).then(() => sleep(Number(moment.at)));
      killing = pause.then(kill).finally(() => {
        killing = undefined;
      });
      // The server is always killed before it gets this answer.
      if (moment.at === 'during') await killing;
      return true;
    },
    quiet: async () => {
      if (killing === undefined) return false;
      await killing;
      return true;
    },
  };
}

/** Resolves one or two milliseconds after the whole answer was sent. */
async function answered(request: ScriptedRequest): Promise<void> {
  while (request.endedAt === undefined) await sleep(1);
}
