import { launchBrowser } from '/work/wt/room/test/web/bench/browser.ts';
import { measureChatAnswer } from '/work/wt/room/test/web/bench/chat-answer.ts';

const browser = await launchBrowser('/tmp');
try {
  console.log(JSON.stringify(await measureChatAnswer(browser)));
} finally {
  await browser.close();
}
