/** Replays a failing schedule under a debugger, which is a thread of its own, and prints what it says at each halt. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { explore, replay } from '@changeover/tester';
import { losing } from './counting.js';

const debugging = new Worker(
  `
  const { parentPort } = require('node:worker_threads');
  const { Session } = require('node:inspector');
  const session = new Session();
  session.connectToMainThread();
  session.on('Debugger.paused', ({ params: { callFrames: [frame] } }) => {
    const { callFrameId } = frame;
    session.post('Debugger.evaluateOnCallFrame', { callFrameId, expression: 'said' }, (_, { result }) => {
      parentPort.postMessage(result.value);
      session.post('Debugger.resume');
    });
  });
  parentPort.on('message', () => parentPort.postMessage('over')); // behind all that was said
  session.post('Debugger.enable', () => parentPort.postMessage('ready'));
  `,
  { eval: true },
);
await once(debugging, 'message');
const halts = [];
debugging.on('message', (said) => halts.push(said));

const { found } = await explore(losing);
const { failure } = await replay(losing, found.token, process.argv[2] === 'debug' ? { debug: true } : {});
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origins
debugging.postMessage('is that all?');
while (halts.at(-1) !== 'over') await once(debugging, 'message');
halts.pop();
await debugging.terminate();
console.log(JSON.stringify({ failed: failure?.kind, halts }));
