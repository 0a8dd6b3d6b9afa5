import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { OutboundGuard } from '../../config/index.ts';
import { RoomflowError, type SpeechVoiceSettings } from '../../contract/index.ts';
import { isSpeakable, probeMedia, resolveVoice, voiceReadiness } from '../../media/index.ts';
import { requireFreeDisk } from '../disk-space.ts';
import { bodyUpTo, requestGuarded } from '../guarded-request.ts';

const DOWNLOAD_LIMIT_MS = 30_000;
const ACCEPT = 'audio/*,video/*,application/ogg,application/octet-stream;q=0.8,*/*;q=0.5';

/** What is played: words of a voice, or a file of the runtime's own. */
export type PlaySource =
  | { source: 'text'; text: string; voice: string }
  | { source: 'url' | 'audio'; url: string | null; file: string };

/** What a caller asks to have played. */
export type AskedSource =
  | { text?: string | undefined; voice?: string | undefined; url?: string | undefined }
  /** A file that was sent in, and is the callee's now. */
  | { file: string };

/** Sees that a source can be played before anything is started, and brings it onto this machine. */
export type PlaySources = {
  /**
   * @throws RoomflowError `invalid-request` for no source, several, or a text with nothing to say; `unknown-voice` also
   * for one that is not installed; `unplayable-audio`, `address-not-allowed`
   */
  prepare(asked: AskedSource): Promise<PlaySource>;
  /**
   * Where a file may be put that is sent in.
   *
   * @throws RoomflowError `disk-full`
   */
  newFile(): string;
  /** The play is over. */
  discard(file: string): Promise<void>;
};

/**
 * Opens a folder for what is fetched and sent in. What a run before has left in it is removed: no play outlives its
 * runtime.
 */
export async function createPlaySources(options: {
  directory: string;
  voices: Readonly<Record<string, SpeechVoiceSettings>>;
  defaultVoice: string;
  outbound: OutboundGuard;
  mostBytes: number;
  minimumFreeDiskBytes: number;
}): Promise<PlaySources> {
  const { directory, voices, outbound, mostBytes, minimumFreeDiskBytes } = options;
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const newFile = (): string => {
    requireFreeDisk(directory, minimumFreeDiskBytes);
    return join(directory, randomBytes(9).toString('base64url'));
  };
  const discard = (file: string): Promise<void> => rm(file, { force: true });

  async function spoken(text: string, voice: string): Promise<PlaySource> {
    if (!isSpeakable(text)) {
      throw new RoomflowError(
        'invalid-request',
        `text ${JSON.stringify(text.slice(0, 40))} has no letter or digit: there is nothing to say.`,
      );
    }
    const { name } = resolveVoice(voice, voices);
    const { ready, message } = await voiceReadiness(name, voices);
    if (!ready) {
      throw new RoomflowError(
        'unknown-voice',
        `The voice "${name}" cannot be used here. ${message ?? ''}`.trim(),
      );
    }
    return { source: 'text', text, voice: name };
  }

  async function fetched(url: string): Promise<PlaySource> {
    const file = newFile();
    try {
      const address = new URL(url);
      await downloadTo(file, address);
      await requireSound(file, shown(address));
      return { source: 'url', url, file };
    } catch (error) {
      await discard(file);
      throw error;
    }
  }

  async function downloadTo(file: string, url: URL): Promise<void> {
    const signal = AbortSignal.timeout(DOWNLOAD_LIMIT_MS);
    try {
      const response = await requestGuarded(url, outbound, { accept: ACCEPT, signal });
      await pipeline(bodyUpTo(response, mostBytes), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    } catch (error) {
      if (error instanceof RoomflowError) throw error;
      const why = signal.aborted
        ? `it did not arrive within ${DOWNLOAD_LIMIT_MS / 1000} s`
        : error instanceof Error
          ? error.message
          : String(error);
      throw new RoomflowError('unplayable-audio', `${shown(url)} could not be fetched: ${why}.`);
    }
  }

  return {
    newFile,
    discard,
    async prepare(asked) {
      if ('file' in asked) {
        try {
          await requireSound(asked.file, 'What was sent');
        } catch (error) {
          await discard(asked.file);
          throw error;
        }
        return { source: 'audio', url: null, file: asked.file };
      }
      const { text, url, voice } = asked;
      if ((text === undefined) === (url === undefined)) {
        throw new RoomflowError(
          'invalid-request',
          'Give exactly one of text and url, or send the sound itself as the body.',
        );
      }
      if (url !== undefined) {
        if (voice !== undefined) {
          throw new RoomflowError(
            'invalid-request',
            `voice "${voice}" speaks text; a url is played as it is.`,
          );
        }
        return fetched(url);
      }
      return spoken(text ?? '', voice ?? options.defaultVoice);
    },
  };
}

async function requireSound(file: string, name: string): Promise<void> {
  let hasSound: boolean;
  try {
    ({ hasSound } = await probeMedia(file));
  } catch (error) {
    throw new RoomflowError(
      'unplayable-audio',
      `${name} is no media file that can be played: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    );
  }
  if (!hasSound) {
    throw new RoomflowError('unplayable-audio', `${name} has no sound.`);
  }
}

/** An address without what may be secret in it. */
const shown = ({ origin, pathname }: URL): string => `${origin}${pathname}`;
