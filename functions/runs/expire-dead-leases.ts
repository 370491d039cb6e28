import { hostname } from 'node:os';
import type { Queryable } from '../platform/database/database.ts';
import { isRunning, OWN_PROCESS } from '../platform/process/process-life.ts';
import { expireLeases, listLeaseHolders } from './sql/lease.ts';

/** This process as the holder of a claim: `host/pid start`. */
export const HOLDER = `${hostname()}/${OWN_PROCESS}`;

/**
 * Ends the leases of processes of this machine that are no more, so that a laptop whose server was killed goes on at its next start without waiting for
 * them to run out. Processes of other machines are not judged.
 * @returns how many leases ended
 */
export async function expireDeadLeases(system: Queryable): Promise<number> {
  const holders = await listLeaseHolders(system);
  const dead = holders.filter((holder) => {
    const [host, life = ''] = holder.split('/');
    return host === hostname() && !isRunning(life);
  });
  return dead.length === 0 ? 0 : expireLeases(system, dead);
}
