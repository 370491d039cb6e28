import type { Browser } from 'playwright-core';
import { z } from 'zod';

/**
 * A task of a page's main thread: how long the processor worked for it, in milliseconds, without the time of others.
 */
export interface TaskTimes {
  longest: number;
  over50: number;
}

const TraceEvent = z.object({
  name: z.string(),
  pid: z.number(),
  tid: z.number(),
  tdur: z.number().optional(),
  args: z.object({ name: z.string().optional() }).optional(),
});

/**
 * Watches the main threads of all pages until the returned function is called. Unlike the browser's long tasks this
 * leaves out the time in which other processes had the processor, so it is the same on a busy machine.
 */
export async function watchTasks(browser: Browser): Promise<() => Promise<TaskTimes>> {
  const devtools = await browser.newBrowserCDPSession();
  const mainThreads = new Set<string>();
  const tasks: { thread: string; ms: number }[] = [];
  devtools.on('Tracing.dataCollected', ({ value }) => {
    for (const raw of value) {
      const event = TraceEvent.safeParse(raw).data;
      if (event === undefined) continue;
      const thread = `${event.pid}.${event.tid}`;
      if (event.name === 'thread_name' && event.args?.name === 'CrRendererMain') mainThreads.add(thread);
      else if (event.name.endsWith('RunTask') && event.tdur !== undefined)
        tasks.push({ thread, ms: event.tdur / 1000 });
    }
  });
  await devtools.send('Tracing.start', { traceConfig: { includedCategories: ['toplevel'] } });
  return async () => {
    const complete = new Promise((resolve) => devtools.once('Tracing.tracingComplete', resolve));
    await devtools.send('Tracing.end');
    await complete;
    await devtools.detach();
    const own = tasks.filter(({ thread }) => mainThreads.has(thread)).map(({ ms }) => ms);
    return { longest: Math.round(Math.max(0, ...own)), over50: own.filter((ms) => ms > 50).length };
  };
}
