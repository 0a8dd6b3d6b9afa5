import { publishAs } from './publish.ts';
import { startRuntimeProcess, type RuntimeProcess } from './runtime-process.ts';
import type { MediaPublisher, MediaPublisherOptions } from './media-publisher.ts';
import { openWire, type SignallingParticipant } from './signalling-participant.ts';

/** Kills the runtime without a word to anybody. @throws when something that it has started outlives it */
export async function killRuntime(runtime: RuntimeProcess): Promise<void> {
  runtime.process.signal('SIGKILL');
  await runtime.process.ended;
  await runtime[Symbol.asyncDispose]();
}

/** Starts a runtime on the folder and the port of one that was killed. */
export const startAgain = (
  { dataDirectory, url }: RuntimeProcess,
  settings: Record<string, string | number> = {},
): Promise<RuntimeProcess> =>
  startRuntimeProcess(dataDirectory, { port: Number(new URL(url).port), ...settings });

/** The same participant on a new wire, as a page that lost its own comes back. */
export async function comeBack(
  runtime: RuntimeProcess,
  { roomId, participantId, resumeToken }: SignallingParticipant,
): Promise<SignallingParticipant> {
  const wire = await openWire(runtime.url, roomId, await runtime.token());
  const joined = await wire.call('join', { name: participantId, participantId, resumeToken });
  if (joined.state !== 'joined') {
    throw new Error(`"${participantId}" has to wait at the door`);
  }
  return {
    ...wire,
    ...joined,
    leave: async () => {
      await wire.call('leave');
    },
  };
}

/** Sends anew once the participant that came back is told to. */
export async function publishAgain(
  participant: SignallingParticipant,
  options: Omit<MediaPublisherOptions, 'exchange'>,
): Promise<MediaPublisher> {
  await participant.notified('media-restart');
  return publishAs(participant, options);
}
