import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FLITE_RATE, spokenByFlite, type FliteVoice } from '../../ffmpeg/index.ts';
import { sentencesOf } from './sentences.ts';
import type { Voice } from './voice.ts';
import { voiceFailure } from './voice-failure.ts';

const FILE_NAME = 'text';

/**
 * The voice that is in ffmpeg: English, works offline. It makes 40 seconds of speech a second and gives out nothing of
 * a text before it has all of it: hence sentence by sentence, which leaves no gap.
 */
export function createFliteVoice(name: string, voice: FliteVoice): Voice {
  async function* spoken(text: string): AsyncGenerator<Buffer> {
    let bytes = 0;
    for (const sentence of sentencesOf(text)) {
      // A folder each: the file must not be changed under the one who reads it.
      const directory = await mkdtemp(join(tmpdir(), 'roomflow-voice-'));
      try {
        await writeFile(join(directory, FILE_NAME), sentence);
        for await (const chunk of spokenByFlite({ directory, fileName: FILE_NAME, voice })) {
          bytes += chunk.length;
          yield chunk;
        }
      } catch (error) {
        throw voiceFailure(
          `The voice "${name}" failed: ${error instanceof Error ? error.message : String(error)}.`,
        );
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    }
    if (bytes === 0) {
      throw voiceFailure(
        `The voice "${name}" speaks English and found nothing to say in the text; choose another voice.`,
        false,
      );
    }
  }

  return {
    name,
    speak: (text) =>
      Promise.resolve({
        kind: 'stream',
        stream: Readable.from(spoken(text), { objectMode: false }),
        inputOptions: ['-f', 's16le', '-ar', String(FLITE_RATE), '-ac', '1'],
      }),
  };
}
