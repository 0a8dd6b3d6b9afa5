import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a file says about itself, without decoding it. */
export type ProbedFile = {
  videoCodec: string | undefined;
  audioCodec: string | undefined;
  /** The length its header claims; a file whose writer was killed may have none. */
  headerDurationSeconds: number | undefined;
};

type ProbeOutput = {
  streams: { codec_type: string; codec_name?: string }[];
  format: { duration?: string };
};

/** Asks ffprobe. @throws when ffprobe cannot open the file. */
export async function probeFile(path: string): Promise<ProbedFile> {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-of', 'json'],
    ...['-show_entries', 'stream=codec_type,codec_name:format=duration', path],
  ]);
  const { streams, format } = JSON.parse(stdout) as ProbeOutput;
  const codec = (type: string): string | undefined =>
    streams.find((stream) => stream.codec_type === type)?.codec_name;
  return {
    videoCodec: codec('video'),
    audioCodec: codec('audio'),
    headerDurationSeconds: format.duration === undefined ? undefined : Number(format.duration),
  };
}
