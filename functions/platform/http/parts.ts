import type { ServedFunction } from './served-function.ts';

/** The state of each part. `reason` tells the operator what is missing. */
export type Parts = Record<string, { status: 'available' } | { status: 'unavailable'; reason: string }>;

let served: readonly ServedFunction[] = [];

/** Remembers the functions that this process serves. */
export function noteServed(declarations: readonly ServedFunction[]): void {
  served = declarations;
}

/** Checks every part of this process. A deployed service has only its own part, a laptop has all of them. */
export async function lookAtParts(): Promise<Parts> {
  const parts = served.flatMap(({ part }) => part ?? []);
  const looked = await Promise.all(parts.map(async ({ name, look }) => [name, await describe(look)] as const));
  return Object.fromEntries(looked);
}

async function describe(look: () => Promise<string | undefined>): Promise<Parts[string]> {
  const reason = await look().catch((error: unknown) => (error instanceof Error ? error.message : 'unknown'));
  return reason === undefined ? { status: 'available' } : { status: 'unavailable', reason };
}
