import type { ServedFunction } from './served-function.ts';

/** What a part lacks, in words for the person who runs the system; nothing is lacking when it works. */
export type Parts = Record<string, { status: 'available' } | { status: 'unavailable'; reason: string }>;

let served: readonly ServedFunction[] = [];

/** Remembers what this process serves; each way of serving says it once. */
export function noteServed(declarations: readonly ServedFunction[]): void {
  served = declarations;
}

/** Asks every part of this process whether it works: a deployed service has its own alone, a laptop all of them. */
export async function lookAtParts(): Promise<Parts> {
  const parts = served.flatMap(({ part }) => part ?? []);
  const looked = await Promise.all(parts.map(async ({ name, look }) => [name, await describe(look)] as const));
  return Object.fromEntries(looked);
}

async function describe(look: () => Promise<string | undefined>): Promise<Parts[string]> {
  const reason = await look().catch((error: unknown) => (error instanceof Error ? error.message : 'unknown'));
  return reason === undefined ? { status: 'available' } : { status: 'unavailable', reason };
}
