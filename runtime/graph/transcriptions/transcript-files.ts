import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RoomflowError, transcriptFormats, type TranscriptFormat } from '../../contract/index.ts';
import { signFileQuery } from '../../rooms/index.ts';
import { transcriptWriters, type Transcript } from './formats/index.ts';

/** How long a download link made now works. */
const LINK_MS = 7 * 24 * 3600 * 1000;
const SUMMARY = 'summary.txt';

const nameOf = (format: TranscriptFormat): string => `transcript.${format}`;
const fileNames: ReadonlySet<string> = new Set([...transcriptFormats.map(nameOf), SUMMARY]);

/** A transcript's files: `<data>/transcripts/<id>/transcript.<format>` and `summary.txt`. */
export type TranscriptFiles = {
  /** Writes all formats anew. A reader sees the old or the new ones, never half of one. */
  write(transcript: Transcript): Promise<TranscriptFormat[]>;
  writeSummary(transcriptionId: string, text: string): Promise<void>;
  /** Download addresses, signed for a week. */
  links(transcriptionId: string, formats: readonly TranscriptFormat[]): Record<string, string>;
  summaryLinks(transcriptionId: string): { txt: string };
  /** @throws RoomflowError `file-not-found` for a name that no transcript's file has */
  path(transcriptionId: string, name: string): string;
  remove(transcriptionId: string): Promise<void>;
};

export function createTranscriptFiles(options: {
  directory: string;
  secret: string;
  publicUrl(): string;
}): TranscriptFiles {
  const folderOf = (transcriptionId: string): string => join(options.directory, transcriptionId);

  const linkTo = (transcriptionId: string, name: string): string => {
    const query = signFileQuery(
      transcriptFileId(transcriptionId, name),
      Date.now() + LINK_MS,
      options.secret,
    );
    return `${options.publicUrl()}/v2/transcriptions/${transcriptionId}/files/${name}?${query}`;
  };

  async function put(transcriptionId: string, name: string, text: string): Promise<void> {
    const folder = folderOf(transcriptionId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const fresh = join(folder, `.${name}.${randomBytes(6).toString('hex')}`);
    await writeFile(fresh, text, { flush: true });
    await rename(fresh, join(folder, name));
  }

  return {
    async write(transcript) {
      for (const format of transcriptFormats) {
        await put(transcript.id, nameOf(format), transcriptWriters[format](transcript));
      }
      return [...transcriptFormats];
    },
    writeSummary: (transcriptionId, text) => put(transcriptionId, SUMMARY, `${text}\n`),
    links: (transcriptionId, formats) =>
      Object.fromEntries(formats.map((format) => [format, linkTo(transcriptionId, nameOf(format))])),
    summaryLinks: (transcriptionId) => ({ txt: linkTo(transcriptionId, SUMMARY) }),
    path(transcriptionId, name) {
      if (!fileNames.has(name)) {
        throw new RoomflowError(
          'file-not-found',
          `A transcript has no file "${name}". It has: ${[...fileNames].join(', ')}.`,
        );
      }
      return join(folderOf(transcriptionId), name);
    },
    remove: (transcriptionId) => rm(folderOf(transcriptionId), { recursive: true, force: true }),
  };
}

/** What the signature of a download link stands for. */
export const transcriptFileId = (transcriptionId: string, name: string): string =>
  `transcript/${transcriptionId}/${name}`;
