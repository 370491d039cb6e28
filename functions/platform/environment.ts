import { z } from 'zod';

const flag = z
  .enum(['true', 'false', '1', '0', ''])
  .default('')
  .transform((value) => value === 'true' || value === '1');
const text = z.string().min(1).optional();
const count = (fallback: number, most: number) => z.coerce.number().int().min(1).max(most).default(fallback);

/** The environment variables. Only this file in `functions/` reads `process.env`. */
const Variables = z.object({
  NODE_ENV: z.string().default('development'),
  /** Set by Cloud Run: the service's name. */
  K_SERVICE: text,
  /** The compiled file of the function that this process serves, and the function's name. */
  FUNCTION_SOURCE: text,
  FUNCTION_TARGET: text,
  /** Which server `serve.ts` starts: the lean one, or Google's Functions Framework. */
  FUNCTION_SERVER: z.enum(['lean', 'framework']).default('lean'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  /**
   * The address that `npm start` listens on. The default is for a laptop, whose sign-in is only for its owner; a
   * container sets 0.0.0.0.
   */
  LISTEN_ADDRESS: z.string().default('127.0.0.1'),
  /** `off`: `npm start` neither builds nor serves the web console. */
  CONSOLE: z.enum(['on', 'off']).default('on'),
  /** The folder in which a laptop keeps its state. */
  APEXFLOW_HOME: text,
  /** Further host names, comma-separated, under which a laptop or container is reached; http/served-host.ts. */
  ALLOWED_HOSTS: z
    .string()
    .default('')
    .transform((hosts) => hosts.split(',').flatMap((host) => host.trim().toLowerCase() || [])),
  /** The public origin. Links are built from it, never from the headers of a request. */
  PUBLIC_URL: z.url().optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warning', 'error']).default('info'),
  /** How many of our proxies append to X-Forwarded-For: 1 for Cloud Run alone, 2 behind the external load balancer. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(5).optional(),
  CURSOR_SECRET: text,

  DATABASE_URL: text,
  ALLOYDB_HOST: text,
  ALLOYDB_DB: z.string().default('apexflow'),
  ALLOYDB_USER: z.string().default('apexflow_login'),
  ALLOYDB_PASSWORD: text,
  /** `projects/P/locations/L/clusters/C/instances/I`: connects through @google-cloud/alloydb-connector. */
  ALLOYDB_INSTANCE_URI: text,
  /** Signs in to AlloyDB with the service account's token instead of a password. */
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

  /**
   * Hosts of git repositories, with their ports if they have any. The first is the host of the short form `owner/name`.
   */
  GIT_HOSTS: z
    .string()
    .default('github.com')
    .transform((hosts) => hosts.split(',').map((host) => host.trim()))
    .pipe(z.array(z.string().regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?$/)).min(1)),
  /** A PEM file with the certificate authority of a git host that has no public certificate. */
  GIT_CA_FILE: text,

  /** The URL of functions in the cloud, with `{name}` for the function's name. */
  FUNCTION_URL: text,
  /** The service account whose OIDC tokens Cloud Tasks and Cloud Scheduler send. */
  TASKS_INVOKER: text,
  /** The service account of the steps. Internal functions that steps call accept it. */
  WORKER_ACCOUNT: text,

  FIREBASE_PROJECT_ID: text,
  /** The Identity Toolkit's web API key. */
  FIREBASE_API_KEY: text,
  /** Only tokens of this Identity Platform tenant are accepted. */
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
  QWEN_API_KEY: text,
  QWEN_BASE_URL: text,
  /** The key of Brave's web search. Without it Gemini searches, if Gemini is configured. */
  BRAVE_SEARCH_API_KEY: text,
  /**
   * The model, `provider/model`, of workers that the tenant's worker_config does not contain. Its name is one of
   * `ModelName` in models/model.ts.
   */
  DEFAULT_MODEL: z
    .string()
    .regex(/^(gemini|claude|openai|qwen|rehearsal)\/(?!.*\.\.)\w[\w.:@+-]*(\/\w[\w.:@+-]*)*$/)
    .optional(),
  MODEL_TIMEOUT_SECONDS: count(300, 1500),
  /** Seconds for which a task goes on with further turns of its node. With 0 each turn is a task. */
  TASK_SECONDS: z.coerce.number().int().min(0).max(60).default(15),

  /** The lease of a step's claim in seconds. */
  LEASE_SECONDS: z.coerce.number().int().min(2).max(600).optional(),
  /** Seconds without delivery after which a task counts as lost. */
  LOST_AFTER_SECONDS: z.coerce.number().int().min(1).max(600).optional(),
  /** The operator's limits of every tenant. A tenant's own settings count up to them. */
  MAX_CONCURRENT_RUNS: count(1000, 1000),
  MAX_PARALLEL_NODES: count(10_000, 10_000),
  MAX_BUDGET_USD_PER_DAY: z.coerce.number().min(0).max(1_000_000).optional(),
  /** Requests per minute, for each address and each signed-in caller. */
  RATE_LIMIT_PER_MINUTE: count(600, 1_000_000),
});

export type Environment = z.infer<typeof Variables> & {
  /** True on Cloud Run, where every local and emulator switch is rejected. */
  isCloud: boolean;
};

/** Switches for laptops and tests. A Cloud Run service with one of them does not start. */
const LOCAL_ONLY = ['APEXFLOW_HOME', 'METADATA_SERVER_DETECTION'];

/**
 * Parses the environment.
 * @throws Error with one line per fault when a variable is invalid or a local switch is set in the cloud
 */
export function parseEnvironment(source: Record<string, string | undefined>): Environment {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  // Read once, so compiling a parser does not pay.
  const parsed = Variables.safeParse(given, { jitless: true });
  if (!parsed.success) {
    throw new Error(`The environment has invalid variables:\n${z.prettifyError(parsed.error)}`);
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
 * Rejects a Cloud Run service without a configured database or identity provider. The sandbox service is not checked,
 * because it has neither on purpose.
 * @throws Error that names the missing variables
 */
export function requireCloudServices({ isCloud, ...variables }: Environment): void {
  if (!isCloud) return;
  const missing: string[] = [];
  if (!variables.DATABASE_URL && !variables.ALLOYDB_HOST && !variables.ALLOYDB_INSTANCE_URI)
    missing.push('DATABASE_URL or ALLOYDB_HOST');
  if (!variables.FIREBASE_PROJECT_ID && !variables.GOOGLE_CLOUD_PROJECT) missing.push('FIREBASE_PROJECT_ID');
  if (missing.length > 0) throw new Error(`Refusing to start on Cloud Run without ${missing.join(' and ')}`);
}

/** This process's environment. Invalid variables end the process; the reason is its last line of output. */
export const environment: Environment = parseEnvironment(process.env);
