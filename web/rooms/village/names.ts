import { type ComputedRef, computed, type InjectionKey, inject, provide } from 'vue';
import { text } from '../../text/village.ts';
import { visibleName } from '../../text/visible.ts';
import type { Convergence, Named } from './village-types.ts';

/** How agents are called: by their name, and with whose they are when another agent of the room has that name. */
export type NameOf = (agent: Named) => string;

export function createNames(agents: readonly Convergence['agents'][number][]): NameOf {
  const called = new Map<string, number>();
  for (const { name } of agents) called.set(name, (called.get(name) ?? 0) + 1);
  const known = new Map(agents.map((agent) => [agent.id, agent]));
  return ({ id, name }) => {
    const agent = known.get(id);
    return agent === undefined || called.get(name) === 1
      ? name
      : text.ownedBy(name, agent.is_own ? undefined : visibleName(agent.owner));
  };
}

const KEY: InjectionKey<ComputedRef<NameOf>> = Symbol('names');

/** Provides the names of the room's agents to its components. */
export function provideNames(agents: () => readonly Convergence['agents'][number][]): ComputedRef<NameOf> {
  const names = computed(() => createNames(agents()));
  provide(KEY, names);
  return names;
}

/** Returns what calls an agent by its name in this room. */
export function useNames(): NameOf {
  const names = inject(KEY);
  if (names === undefined) throw new Error('The component is not in the village room');
  return (agent) => names.value(agent);
}
