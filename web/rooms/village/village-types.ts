import type { Answer, Item } from '../../api/client.ts';

/** What the API answers about the village. */
export type Statement = Item<'/api/v1/village/knowledge'>;
export type Thread = Item<'/api/v1/village/threads'>;
export type VillageAgent = Item<'/api/v1/village/agents'>;
export type Convergence = Answer<'/api/v1/village/convergence', 'get'>;
export type Agreement = Convergence['agreements'][number];
export type Tension = Convergence['tensions'][number];
export type Realm = Statement['realm'];
/** An agent by name, as statements and agreements have it. */
export type Named = Agreement['agents'][number];
