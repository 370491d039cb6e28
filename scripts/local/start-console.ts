import type { ServeElsewhere } from '../../functions/platform/http/listener.ts';
import { CONSOLE_FOLDER } from '../build-console.ts';
import { openConsole } from './console.ts';
import { buildConsole, type ConsoleBuild } from './console-build.ts';

/** The web console of `npm start`. Its build never delays or ends the start of the API. */
export interface StartedConsole {
  serve: ServeElsewhere;
  /** Begins the build, when the sources are newer than `web/dist`. Call it when the port is open. */
  begin(): void;
  /** Returns a sentence: whether the console can be used now, or why not. Call it when the API can be used. */
  describe(): string;
  /** Waits for the build and prints how it ended, unless `describe` has said it already. */
  reportWhenBuilt(): Promise<void>;
}

export function startConsole(): StartedConsole {
  const { serve, explain } = openConsole(CONSOLE_FOLDER);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let build: ConsoleBuild | undefined;
  const describe = () => {
    if (build === undefined) return 'is being built; its page opens by itself';
    if (build.status === 'failed') return `is not built: ${build.reason.replaceAll('\n', '\n            ')}`;
    const built = build.seconds === 0 ? '' : `built in ${build.seconds.toFixed(1)} s, `;
    return `${built}usable ${(performance.now() / 1000).toFixed(1)} s after the start`;
  };
  return {
    serve,
    begin: () =>
      void buildConsole(() => console.log('Building the console …')).then((done) => {
        build = done;
        if (done.status === 'failed') explain({ kind: 'failed', reason: done.reason });
        end();
      }),
    describe,
    reportWhenBuilt: async () => {
      if (build !== undefined) return;
      await ended;
      console.log(`  console   ${describe()}\n`);
    },
  };
}
