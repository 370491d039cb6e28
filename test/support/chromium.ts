import { existsSync } from 'node:fs';

/** Debian's Chromium, or the program of the variable CHROMIUM. Nothing is downloaded. */
export const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';

/** Why tests in a browser are skipped, or undefined when they run. In CI they always run, and fail without Chromium. */
export const BROWSER_SKIPPED =
  process.env.CI || existsSync(CHROMIUM)
    ? undefined
    : `there is no Chromium at ${CHROMIUM}, so the console is not tested in a browser: ` +
      'apt-get install --no-install-recommends chromium, or set CHROMIUM';
