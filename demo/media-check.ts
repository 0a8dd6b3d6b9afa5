import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

const run = promisify(execFile);

const Probe = Type.Object({
  streams: Type.Array(Type.Object({ codec_type: Type.String(), codec_name: Type.String() })),
  format: Type.Object({ duration: Type.Optional(Type.String()) }),
});

/** What a recorded file holds, as ffprobe and a full decode see it. */
export type MediaCheck = {
  durationSeconds: number;
  videoCodec: string | null;
  audioCodec: string | null;
  /** What ffmpeg complained of when it decoded every frame; empty for a sound file. */
  complaints: string;
};

/** Reads a media file from end to end. @throws when ffprobe cannot open it */
export async function checkMedia(path: string): Promise<MediaCheck> {
  const shown = ['-show_entries', 'stream=codec_type,codec_name:format=duration', '-of', 'json'];
  const probe: unknown = JSON.parse((await run('ffprobe', ['-v', 'error', ...shown, path])).stdout);
  if (!Value.Check(Probe, probe)) {
    throw new Error(`ffprobe said nothing useful about ${path}: ${JSON.stringify(probe)}`);
  }
  const codecOf = (type: string) =>
    probe.streams.find(({ codec_type }) => codec_type === type)?.codec_name ?? null;
  return {
    durationSeconds: Number(probe.format.duration ?? 0),
    videoCodec: codecOf('video'),
    audioCodec: codecOf('audio'),
    complaints: await decode(path),
  };
}

/**
 * Frames come when a camera takes them, and ffmpeg's null muxer complains of two within one frame period of
 * the average rate, which is no fault of the file.
 */
const steady = ['-fps_mode', 'vfr'];

async function decode(path: string): Promise<string> {
  try {
    return (await run('ffmpeg', ['-v', 'error', '-i', path, ...steady, '-f', 'null', '-'])).stderr.trim();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
