import { fileURLToPath } from 'node:url';
import type { Colour } from '../oracle/index.ts';
import type { RuntimeUnderTest } from '../runtime/index.ts';
import { spawnProcess, type SpawnedProcess } from '../temporary/index.ts';

/** It has the package that the set-up installs; another Python may come first on PATH. */
const DEBIAN_PYTHON = '/usr/bin/python3';
const program = fileURLToPath(new URL('aiortc-client.py', import.meta.url));

export type AiortcPublication = {
  participantId: string;
  codec: 'vp8' | 'h264';
  /** Of the whole picture, but for a square that moves in its lower half. */
  colour: Colour;
  toneHz: number;
};

/** What a viewer has decoded so far. */
export type AiortcSight = {
  state: string;
  pictures: number;
  /** Pictures that differ from those before them. */
  changes: number;
  size: [width: number, height: number] | null;
  /** Of the newest picture, in the upper half. */
  colour: Colour | null;
  soundMs: number;
  /** Of these, with the tone that was listened for. */
  toneMs: number;
  packetsLost: number;
};

/** An aiortc that watches. Leaving its scope deletes its session. */
export type AiortcViewer = AsyncDisposable & {
  /** As of half a second ago at most. */
  sight(): AiortcSight;
  end(): Promise<void>;
};

type Report = Omit<AiortcSight, 'colour' | 'packetsLost'> & {
  colour: [red: number, green: number, blue: number] | null;
  packets: Record<string, { packetsLost?: number }>;
};

/** Publishes with aiortc over WHIP (RFC 9725); sends once this resolves. Ending it deletes its session. */
export async function publishWithAiortc(
  runtime: RuntimeUnderTest,
  roomId: string,
  { participantId, codec, colour, toneHz }: AiortcPublication,
): Promise<SpawnedProcess> {
  const { red, green, blue } = colour;
  const url = `/v2/whip?roomId=${roomId}&participantId=${participantId}`;
  const peer = await start(runtime, ['whip', url], [codec, `${red},${green},${blue}`, String(toneHz)]);
  await peer.waitForLine(/"state": "connected"/);
  return peer;
}

/** Watches somebody with aiortc over WHEP and listens for a tone. */
export async function watchWithAiortc(
  runtime: RuntimeUnderTest,
  roomId: string,
  { publisherId, toneHz }: { publisherId: string; toneHz: number },
): Promise<AiortcViewer> {
  const url = `/v2/whep?roomId=${roomId}&publisherId=${publisherId}&participantId=viewer-of-${publisherId}`;
  const peer = await start(runtime, ['whep', url], [String(toneHz)]);
  await peer.waitForLine(/"state": "connected"/);
  const end = async (): Promise<void> => {
    const { code } = await peer.end();
    if (code !== 0) {
      throw new Error(`the viewer ended with ${code}: ${peer.output()}`);
    }
  };
  return {
    sight: () => {
      const { colour, packets, ...rest } = JSON.parse(lastLine(peer.stdout())) as Report;
      const [red, green, blue] = colour ?? [];
      return {
        ...rest,
        colour: red === undefined || green === undefined || blue === undefined ? null : { red, green, blue },
        packetsLost: Object.values(packets).reduce((sum, { packetsLost = 0 }) => sum + packetsLost, 0),
      };
    },
    end,
    [Symbol.asyncDispose]: end,
  };
}

const start = (
  { url, serverKey }: RuntimeUnderTest,
  [verb, path]: [verb: string, path: string],
  rest: readonly string[],
): Promise<SpawnedProcess> =>
  spawnProcess(DEBIAN_PYTHON, [program, verb, new URL(path, url).href, serverKey, ...rest]);

/** The last one that is whole: the next may be only half printed. */
function lastLine(output: string): string {
  return output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1) ?? '';
}
