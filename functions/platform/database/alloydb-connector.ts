import type { PoolConfig } from 'pg';
import { z } from 'zod';

/** The part of `@google-cloud/alloydb-connector` that we use. It is an optional peer: not every registry carries it. */
const Connector = z.object({
  AlloyDBConnector: z.custom<new () => { getOptions(options: object): Promise<PoolConfig> }>(),
});

/**
 * Connection options from Google's AlloyDB connector, which tunnels with TLS and, where wanted, signs in as the service account.
 * @throws Error that says what to install when the package is missing.
 */
export async function connectorOptions(instanceUri: string, useIam: boolean): Promise<PoolConfig> {
  const name = '@google-cloud/alloydb-connector';
  const module: unknown = await import(name).catch((cause: unknown) => {
    throw new Error(
      `ALLOYDB_INSTANCE_URI needs the package ${name}, which is not installed. Run "npm install ${name}", or unset the variable and set ALLOYDB_HOST to the instance's private address.`,
      { cause },
    );
  });
  const { AlloyDBConnector } = Connector.parse(module);
  return new AlloyDBConnector().getOptions({ instanceUri, ipType: 'PRIVATE', authType: useIam ? 'IAM' : 'PASSWORD' });
}
