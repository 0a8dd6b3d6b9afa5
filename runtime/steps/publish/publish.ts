import { RoomflowError, stepParams } from '../../contract/index.ts';
import { acceptWebSocket } from '../sockets/index.ts';
import { defineStep } from '../step.ts';
import { opusOfPcm, opusPackets } from './opus-source.ts';
import { PublisherClient } from './publisher-client.ts';

const PROGRESS_MS = 2000;
/** A connection that was let in and does not come (its client went away meanwhile) is not waited for any longer. */
const CONNECTION_MS = 15_000;
/** A second of PCM at 48 kHz, and more than any Opus packet. */
const MOST_MESSAGE_BYTES = 96_000;
const DEFAULT_SAMPLE_RATE = 48_000;

/**
 * What a client sends over its WebSocket is heard in the room, as a server-side participant of its own. The step ends
 * with the connection, and a connection with its worker.
 */
export const publish = defineStep({
  name: 'publish',
  params: stepParams.publish,
  inputs: [],
  outputs: [{ name: 'microphone', carries: 'audio' }],
  start(context) {
    const { participantId, audio, sampleRate = DEFAULT_SAMPLE_RATE } = context.params;
    let client: PublisherClient | null = null;
    const end = (reason: string): void => {
      context.report({ type: 'ended', reason });
    };
    const waiting = setTimeout(
      () => {
        end('connection-lost');
      },
      context.part > 1 ? 0 : CONNECTION_MS,
    );
    const stopFollowing = context.people({
      joined() {
        // Whoever else comes is none of its business.
      },
      left(leftId) {
        if (leftId === participantId) {
          end('participant-left');
        }
      },
    });
    const timer = setInterval(() => {
      if (client) {
        const { heardMs, waitingMs } = client;
        context.report({ type: 'progress', progress: { heardMs, waitingMs: Math.round(waitingMs) } });
      }
    }, PROGRESS_MS);

    return {
      connect(connection) {
        if (client) {
          throw new RoomflowError('invalid-request', `Step "${context.stepId}" has its client already.`);
        }
        const microphone = context.openMicrophone(participantId);
        acceptWebSocket(connection, MOST_MESSAGE_BYTES, (socket) => {
          clearTimeout(waiting);
          const { stepId, roomId, sessionId } = context;
          client = new PublisherClient({
            socket,
            started: {
              ...{ type: 'started', stepId, roomId, sessionId, participantId },
              timeMs: context.nowMs(),
            },
            openSource: (onPacket) =>
              audio === 'opus' ? opusPackets(onPacket) : opusOfPcm(sampleRate, onPacket),
            microphone,
            nowMs: () => context.nowMs(),
            onEnded: end,
          });
        });
      },
      async stop(reason) {
        clearTimeout(waiting);
        clearInterval(timer);
        stopFollowing();
        await client?.end(reason);
      },
    };
  },
});
