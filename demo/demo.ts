import { join } from 'node:path';
import type { N8nHost } from '../test/support/n8n-host/index.ts';
import { visit } from './guests.ts';
import { demoOwner, prepareN8n, startDemoN8n } from './n8n.ts';
import { type DemoOptions, parseOptions, usage, UsageError } from './options.ts';
import { openOutput, type Output } from './output.ts';
import { portNear, runtimeDataDirectory } from './places.ts';
import { reportOn } from './report.ts';
import { RoomflowApi } from './roomflow-api.ts';
import { type RuntimeProcess, startRuntime } from './runtime-process.ts';

/** What runs while the demo is up. */
type Demo = { runtime: RuntimeProcess; api: RoomflowApi; n8n: N8nHost; workflowId: string };

const DEMO_ROOM = 'roomflow-demo';

async function start(stack: AsyncDisposableStack, output: Output): Promise<Demo> {
  output.say('starting runtime and n8n …');
  const runtimePort = await portNear(7890);
  const n8nPort = await portNear(5678);
  // Both are on their way when the demo is interrupted: what has been started is waited for and stopped.
  const startingRuntime = startRuntime(runtimeDataDirectory, runtimePort);
  stack.defer(() => startingRuntime.then((runtime) => runtime.stop(), alreadyReported));
  const startingN8n = startDemoN8n(n8nPort);
  stack.defer(() => startingN8n.then((n8n) => n8n.stop(), alreadyReported));
  const [runtime, n8n] = await Promise.all([startingRuntime, startingN8n]);
  const workflowId = await prepareN8n(n8n, runtime, output);
  return { runtime, api: new RoomflowApi(runtime.url, runtime.serverKey), n8n, workflowId };
}

/** A start that failed rejects the demo itself; there is nothing left to stop. */
const alreadyReported = (): void => {};

async function showAddresses({ runtime, api, n8n, workflowId }: Demo, output: Output): Promise<void> {
  const { roomId } = await api.createRoom(DEMO_ROOM);
  const joinLink = await api.createJoinLink(roomId, { permissions: ['allow_join', 'allow_mod'] });
  const watchLink = await api.createJoinLink(roomId, { page: 'watch' });
  output.say(`
Roomflow is up.

  Join the room   ${joinLink}
  Watch it        ${watchLink}
  n8n             ${n8n.url}/workflow/${workflowId}
    sign in as    ${demoOwner.email}
    password      ${demoOwner.password}
  Console         ${runtime.url}/console
    sign in with  the key in ${join(runtimeDataDirectory, 'server.key')}
  API             ${runtime.url}/docs
  recordings      ${join(runtimeDataDirectory, 'recordings')}
  runtime's log   ${runtime.logFile}

Whoever joins is recorded by the workflow "Record every participant". Publish "Webinar: HLS, poll at minute five,
recording to a link" as well, join, and open the second link in another window to watch.
`);
}

/** @returns whether every guest was recorded */
async function receiveGuests(demo: Demo, options: DemoOptions, output: Output): Promise<boolean> {
  const { api, n8n, workflowId } = demo;
  // A room of their own, so that the report holds nothing of earlier visits.
  const { roomId } = await api.createRoom();
  const participantIds = Array.from({ length: options.guests }, (_, index) => `guest-${index + 1}`);
  const earlierExecutionIds = new Set((await n8n.executions(workflowId)).map(({ id }) => id));
  const { seconds } = options;
  await visit(api, { roomId, participantIds, seconds }, output);
  const visited = { roomId, participantIds, seconds, workflowId, earlierExecutionIds };
  const { report, complaints } = await reportOn(visited, api, n8n);
  for (const { participantId, durationSeconds, path } of report.recordings) {
    output.say(`recorded ${participantId ?? 'the room'}, ${durationSeconds.toFixed(1)} s: ${path}`);
  }
  for (const complaint of complaints) {
    output.say(`not as expected: ${complaint}`);
  }
  output.result(report);
  return complaints.length === 0;
}

/** Resolves with the exit code. */
async function run(options: DemoOptions, interrupted: Promise<'interrupted'>): Promise<number> {
  const output = openOutput(options);
  await using stack = new AsyncDisposableStack();
  const work = async (): Promise<number> => {
    const demo = await start(stack, output);
    await showAddresses(demo, output);
    const areRecorded = options.guests === 0 || (await receiveGuests(demo, options, output));
    if (!options.exit) {
      output.say('Ctrl+C stops it.');
      await interrupted;
    }
    return areRecorded ? 0 : 1;
  };
  const outcome = await Promise.race([work(), interrupted]);
  return outcome === 'interrupted' ? 0 : outcome;
}

/** Being asked twice, as a terminal and npm both do, is no more than being asked once. */
const interrupted = new Promise<'interrupted'>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => resolve('interrupted'));
  }
});

try {
  process.exit(await run(parseOptions(process.argv.slice(2)), interrupted));
} catch (error) {
  if (!(error instanceof UsageError)) {
    throw error;
  }
  process.stderr.write(`${error.message}\n\n${usage}\n`);
  process.exit(2);
}
