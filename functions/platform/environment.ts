import { z } from 'zod';

/**
 * The environment, parsed once. Nothing else in `functions/` reads `process.env`.
 *
 * In the cloud (`K_SERVICE` is set by Cloud Run) every local and emulator switch is refused: the process does not start.
 */

const flag = z
  .enum(['true', 'false', '1', '0', ''])
  .default('')
  .transform((value) => value === 'true' || value === '1');
const text = z.string().min(1).optional();
const count = (fallback: number, most: number) => z.coerce.number().int().min(1).max(most).default(fallback);

const Variables = z.object({
  NODE_ENV: z.string().default('development'),
  /** Set by Cloud Run: the service's name. */
  K_SERVICE: text,
  /** The compiled file of the one function that this process serves, and the function's name. */
  FUNCTION_SOURCE: text,
  FUNCTION_TARGET: text,
  /** Which server `serve.ts` starts: the lean one, or Google's Functions Framework. */
  FUNCTION_SERVER: z.enum(['lean', 'framework']).default('lean'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  /** Where `npm start` listens; a container sets 0.0.0.0, because a laptop's own sign-in is for the laptop's owner. */
  LISTEN_ADDRESS: z.string().default('127.0.0.1'),
  /** Where a laptop keeps its state. */
  APEXFLOW_HOME: text,
  /** The origin that people reach us at; links are built from it, never from a request's headers. */
  PUBLIC_URL: z.url().optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warning', 'error']).default('info'),
  /** How many proxies of ours append to X-Forwarded-For (Cloud Run alone 1, behind the external load balancer 2). */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(5).optional(),
  CURSOR_SECRET: text,

  DATABASE_URL: text,
  ALLOYDB_HOST: text,
  ALLOYDB_DB: z.string().default('apexflow'),
  ALLOYDB_USER: z.string().default('apexflow_login'),
  ALLOYDB_PASSWORD: text,
  /** `projects/P/locations/L/clusters/C/instances/I`: connect through @google-cloud/alloydb-connector. */
  ALLOYDB_INSTANCE_URI: text,
  /** Sign in to AlloyDB with the service account's token instead of a password. */
  ALLOYDB_IAM_AUTH: flag,
  DB_POOL_MAX: count(5, 200),
  DB_SSLMODE: z.enum(['disable', 'require', 'verify-full']).optional(),
  DB_SSL_ROOT_CERT: text,
  /** The role that statements run as; it owns nothing and cannot bypass row-level security. */
  DATABASE_ROLE: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/)
    .default('apexflow_runtime'),

  GOOGLE_CLOUD_PROJECT: text,
  GOOGLE_CLOUD_LOCATION: z.string().default('us-central1'),
  STORAGE_BUCKET: text,
  /** The Cloud KMS key that wraps the keys of tenants' secrets: `projects/P/locations/L/keyRings/R/cryptoKeys/K`. */
  SECRETS_KMS_KEY: z
    .string()
    .regex(/^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/)
    .optional(),

  /** Hosts of git repositories, with their ports if they have any; the first is the one that `owner/name` means. */
  GIT_HOSTS: z
    .string()
    .default('github.com')
    .transform((hosts) => hosts.split(',').map((host) => host.trim()))
    .pipe(z.array(z.string().regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?$/)).min(1)),
  /** The authority of a git host that no public one has certified: a PEM file. */
  GIT_CA_FILE: text,

  /** Where step functions live in the cloud, with `{name}` for the function's name. */
  FUNCTION_URL: text,
  /** The service account whose OIDC tokens Cloud Tasks and Cloud Scheduler send. */
  TASKS_INVOKER: text,
  /** The service account that step functions run as; internal functions that they call accept it. */
  WORKER_ACCOUNT: text,

  FIREBASE_PROJECT_ID: text,
  /** The Identity Toolkit's web API key. */
  FIREBASE_API_KEY: text,
  /** Accept only tokens of this Identity Platform tenant. */
  FIREBASE_TENANT_ID: text,
  FIREBASE_AUTH_EMULATOR_HOST: text,

  GEMINI_API_KEY: text,
  GOOGLE_API_KEY: text,
  GOOGLE_GENAI_USE_VERTEXAI: flag,
  GOOGLE_GEMINI_BASE_URL: text,
  GOOGLE_VERTEX_BASE_URL: text,
  ANTHROPIC_API_KEY: text,
  ANTHROPIC_BASE_URL: text,
  OPENAI_API_KEY: text,
  OPENAI_BASE_URL: text,
  /** Web search by Brave's API; without it Gemini searches, where Gemini is configured. */
  BRAVE_SEARCH_API_KEY: text,
  /** The model of workers that the tenant's worker_config does not name: `provider/model`. */
  DEFAULT_MODEL: z
    .string()
    .regex(/^(gemini|claude|openai|rehearsal)\/.+$/)
    .optional(),
  MODEL_TIMEOUT_SECONDS: count(300, 1500),

  /** How long a step's claim lasts without renewal. */
  LEASE_SECONDS: z.coerce.number().int().min(2).max(600).optional(),
  /** How long a task may be on its way before it counts as lost. */
  LOST_AFTER_SECONDS: z.coerce.number().int().min(1).max(600).optional(),
  /** Public and signed-in requests a minute, per address and per caller. */
  RATE_LIMIT_PER_MINUTE: count(600, 1_000_000),
});

export type Environment = z.infer<typeof Variables> & {
  /** True on Cloud Run: no local or emulator switch works. */
  isCloud: boolean;
};

/** Switches that exist for laptops and tests only; with any of them Cloud Run must not start. */
const LOCAL_ONLY = ['APEXFLOW_HOME', 'METADATA_SERVER_DETECTION'];

/** @throws Error with one line per fault, when a variable is malformed or a local switch is set in the cloud. */
export function parseEnvironment(source: Record<string, string | undefined>): Environment {
  const parsed = Variables.safeParse(Object.fromEntries(Object.entries(source).filter(([, value]) => value !== '')));
  if (!parsed.success) {
    throw new Error(`The environment is not usable:\n${z.prettifyError(parsed.error)}`);
  }
  const isCloud = parsed.data.K_SERVICE !== undefined;
  if (isCloud) refuseLocalSwitches(source, parsed.data);
  return { ...parsed.data, isCloud };
}

function refuseLocalSwitches(source: Record<string, string | undefined>, variables: z.infer<typeof Variables>): void {
  const refused = Object.keys(source).filter(
    (name) => source[name] && (name.endsWith('_EMULATOR_HOST') || LOCAL_ONLY.includes(name)),
  );
  if (variables.DEFAULT_MODEL?.startsWith('rehearsal/')) refused.push('DEFAULT_MODEL=rehearsal/…');
  if (refused.length > 0) {
    throw new Error(`Refusing to start on Cloud Run with local or emulator switches: ${refused.sort().join(', ')}`);
  }
}

/**
 * Refuses to start a Cloud Run service whose database or identity provider is not named. The sandbox service is not asked: it has neither, on purpose.
 * @throws Error that names what is missing
 */
export function requireCloudServices({ isCloud, ...variables }: Environment): void {
  if (!isCloud) return;
  const missing: string[] = [];
  if (!variables.DATABASE_URL && !variables.ALLOYDB_HOST && !variables.ALLOYDB_INSTANCE_URI)
    missing.push('DATABASE_URL or ALLOYDB_HOST');
  if (!variables.FIREBASE_PROJECT_ID && !variables.GOOGLE_CLOUD_PROJECT) missing.push('FIREBASE_PROJECT_ID');
  if (missing.length > 0) throw new Error(`Refusing to start on Cloud Run without ${missing.join(' and ')}`);
}

/** This process's environment. A fault ends the process with the reason as its last line. */
export const environment: Environment = parseEnvironment(process.env);
