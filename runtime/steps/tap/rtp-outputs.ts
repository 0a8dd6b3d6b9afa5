import { randomInt } from 'node:crypto';
import { mediaKindOf, type TapRtp } from '../../contract/index.ts';
import { isPacketized } from '../../media/index.ts';
import type { StepContext } from '../step.ts';
import { payloadTypeOf, type RtpOutput } from './rtp-description.ts';
import { RtpStream } from './rtp-stream.ts';
import { tapKind } from './tapped-kind.ts';

const REPORT_MS = 3000;
/** A receiver that begins late, and has no way to ask, waits this long for a picture. */
const KEY_FRAME_MS = 10_000;

/** What a step tells of a track that it sends on as RTP. */
export type TapRtpUpdate = { kind: 'tap-rtp' } & RtpOutput;

/** Sends tracks of a participant on as RTP until it is closed. */
export function createRtpOutputs(
  context: Pick<StepContext<unknown>, 'stepId' | 'nowMs' | 'tap' | 'addressOf' | 'report'>,
  participantId: string,
  wanted: readonly TapRtp[],
): { close(): void } {
  const outputs = wanted.map((output, index) => openOutput(context, participantId, output, index));
  return {
    close() {
      for (const output of outputs) {
        output.close();
      }
    },
  };
}

function openOutput(
  context: Pick<StepContext<unknown>, 'stepId' | 'nowMs' | 'tap' | 'addressOf' | 'report'>,
  participantId: string,
  { host, port, kind, payloadType, ssrc = randomInt(1, 0xffffffff) }: TapRtp,
  index: number,
): { close(): void } {
  let address: string | null = null;
  let closed = false;
  let stream: { rtp: RtpStream; codec: string } | null = null;
  let refused: string | null = null;

  const tap = tapKind(context, participantId, kind, {
    frame(frame) {
      if (address === null || closed) {
        return;
      }
      const { codec } = frame;
      if (stream?.codec !== codec) {
        stream?.rtp.close();
        stream = null;
        if (!isPacketized(codec)) {
          tellRefused(codec);
          return;
        }
        const output = { index, codec, payloadType: payloadTypeOf(codec, payloadType), ssrc, address, port };
        const rtp = new RtpStream({
          ...output,
          name: context.stepId,
          requestKeyFrame() {
            tap.requestKeyFrame();
          },
          onError(error) {
            context.report({ type: 'progress', progress: { [`rtp${index}Error`]: error.message } });
          },
        });
        stream = { rtp, codec };
        const update: TapRtpUpdate = { kind: 'tap-rtp', ...output };
        context.report({ type: 'update', update });
      }
      stream.rtp.push(frame);
    },
  });

  function tellRefused(codec: string): void {
    if (refused !== codec) {
      refused = codec;
      const message = `${kind} is ${codec.toUpperCase()}, which is not sent as RTP; Opus, VP8 and H.264 are`;
      context.report({ type: 'progress', progress: { [`rtp${index}Error`]: message } });
    }
  }

  context.addressOf(host, 0).then(
    (found) => {
      address = found;
      tap.requestKeyFrame();
    },
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      context.report({ type: 'failure', code: 'address-not-allowed', message });
    },
  );
  const reports = setInterval(() => {
    stream?.rtp.report(context.nowMs(), Date.now());
    context.report({ type: 'progress', progress: { [`rtp${index}Packets`]: stream?.rtp.packets ?? 0 } });
  }, REPORT_MS);
  const keyFrames =
    mediaKindOf(kind) === 'video'
      ? setInterval(() => {
          tap.requestKeyFrame();
        }, KEY_FRAME_MS)
      : undefined;

  return {
    close() {
      closed = true;
      clearInterval(reports);
      clearInterval(keyFrames);
      tap.close();
      stream?.rtp.close();
    },
  };
}
