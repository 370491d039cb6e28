import type { Queryable } from './database.ts';

/** A claim of a row; `attempts` fences what is written under the claim. */
export interface Claimed {
  id: string;
  attempts: number;
}

/** How a try ended that did not finish the work. */
export interface ClaimFailure {
  error: string;
  /** A row that was claimed this often, postponements not counted, is failed. */
  mostAttempts: number;
  /** Work that has to wait through no fault of its own: this try does not count. */
  isPostponed: boolean;
}

/** The statements that claim the rows of one table. */
export interface ClaimStatements<Row extends Claimed> {
  /**
   * Claims a waiting row that has no lease or an expired one, and returns the columns of the table. The new value of
   * `attempts` fences what this claim writes. `tries`: the claims of the row, this one counted, postponements not; so
   * claims count whose process died. Undefined when the row does not wait or is leased.
   */
  claim(queryable: Queryable, id: string, leaseSeconds: number): Promise<(Row & { tries: number }) | undefined>;
  /**
   * Extends the lease of a claim, and holds the row until the transaction ends. False when the claim was released or a
   * newer claim has the row.
   */
  renew(queryable: Queryable, claim: Claimed, leaseSeconds: number): Promise<boolean>;
  /** Returns the seconds until a waiting row may be claimed, at least 1; undefined when the row does not wait. */
  findWait(queryable: Queryable, id: string): Promise<number | undefined>;
  /** Releases a claim after a try that failed. Returns the new status; undefined when a newer claim has the row. */
  release(queryable: Queryable, claim: Claimed, failure: ClaimFailure): Promise<'waiting' | 'failed' | undefined>;
}

/**
 * Builds the statements for a table with the columns `id, tenant_id, status, attempts, postponements, lease_until,
 * error`. Names come from the code, never from a request.
 *
 * Each change is one guarded statement: two callers cannot claim the same row, and a claim whose lease expired and that
 * was taken over changes nothing. The database's clock decides.
 */
export function claimStatements<Row extends Claimed>(table: {
  name: string;
  /** The status of a row that waits to be claimed, and of a claimed row. */
  waiting: string;
  columns: string;
  /** `user`: the transaction's user claims only their own rows. `tenant`: any row of the tenant. */
  owner: 'tenant' | 'user';
  hasUpdatedAt: boolean;
}): ClaimStatements<Row> {
  const { name, waiting, columns } = table;
  const touched = table.hasUpdatedAt ? ', updated_at = now()' : '';
  const own = `tenant_id = current_tenant_id()${table.owner === 'user' ? ' and user_id = current_user_id()' : ''} and id = $1 and status = '${waiting}'`;
  return {
    async claim(queryable, id, leaseSeconds) {
      const [row] = await queryable.query<Row & { tries: number } & Record<string, unknown>>({
        name: `claim_${name}`,
        text: `update ${name} set attempts = attempts + 1, lease_until = now() + make_interval(secs => $2::float8)${touched}
          where ${own} and (lease_until is null or lease_until < now()) returning ${columns}, attempts - postponements as tries`,
        values: [id, leaseSeconds],
      });
      return row;
    },

    async renew(queryable, claim, leaseSeconds) {
      // `lease_until is not null`: a renewal that arrives after the release must not bring the lease back.
      const renewed = await queryable.query({
        name: `update_${name}_lease`,
        text: `update ${name} set lease_until = now() + make_interval(secs => $3::float8)${touched}
          where ${own} and attempts = $2 and lease_until is not null returning id`,
        values: [claim.id, claim.attempts, leaseSeconds],
      });
      return renewed.length > 0;
    },

    async findWait(queryable, id) {
      const [row] = await queryable.query<{ seconds: number }>({
        name: `find_${name}_wait`,
        text: `select ceil(greatest(extract(epoch from coalesce(lease_until, now()) - now()), 1))::integer as seconds from ${name} where ${own}`,
        values: [id],
      });
      return row?.seconds;
    },

    async release(queryable, claim, failure) {
      const [row] = await queryable.query<{ is_failed: boolean }>({
        name: `release_${name}`,
        text: `update ${name} set lease_until = null, error = $3, postponements = postponements + $5::integer${touched},
            status = case when attempts - postponements - $5::integer >= $4 then 'failed' else status end
          where ${own} and attempts = $2 returning status = 'failed' as is_failed`,
        values: [claim.id, claim.attempts, failure.error, failure.mostAttempts, failure.isPostponed ? 1 : 0],
      });
      if (row === undefined) return undefined;
      return row.is_failed ? 'failed' : 'waiting';
    },
  };
}
