import { analyseBeepAndFlash, type BeepAndFlashReport } from './beep-and-flash.ts';
import { colourDistance, type Colour } from './colour.ts';
import { decodeMedia, type Region } from './decoded-media.ts';
import { pictureAt } from './picture.ts';
import { standardDeviation } from './statistics.ts';

/** Somebody who beeps and flashes somewhere in a composed picture. */
export type ComposedGuest = { name: string; region: Region; colour: Colour; beepHz: number };

export type ComposedGuestReport = {
  name: string;
  /** How far the cell's colour is from the guest's own when nothing flashes. */
  colourDistance: number;
  beepShare: number;
  flashShare: number;
  offsetMedianMs: number;
  offsetP95Ms: number;
  offsetDeviationMs: number;
  decodeErrors: string[];
};

/** Looks for each guest in the guest's own cell and tone. @throws when the file or playlist cannot be opened */
export async function analyseComposedGuests(
  path: string,
  guests: readonly ComposedGuest[],
  { darkAtSeconds }: { darkAtSeconds?: number } = {},
): Promise<ComposedGuestReport[]> {
  const reports: ComposedGuestReport[] = [];
  // One after another: each decodes the whole file, and the machine may have two cores.
  for (const { name, region, colour, beepHz } of guests) {
    const found = await analyseBeepAndFlash(path, { region, frequencyHz: beepHz });
    const dark = await pictureAt(path, darkAtSeconds ?? betweenFlashes(found), {
      region: aboveSquare(region),
    });
    reports.push({
      name,
      colourDistance: colourDistance(dark.meanColour, colour),
      beepShare: found.beepShare,
      flashShare: found.flashShare,
      offsetMedianMs: found.offsetMedianMs,
      offsetP95Ms: found.offsetP95Ms,
      offsetDeviationMs: standardDeviation(found.offsetsMs),
      decodeErrors: found.decodeErrors,
    });
  }
  return reports;
}

/** Half a second after a flash in the middle of the file. */
const betweenFlashes = ({ flashes, videoSpan }: BeepAndFlashReport): number =>
  (flashes[flashes.length >> 1] ?? videoSpan?.startSeconds ?? 0) + 0.5;

/** The upper part of a cell, where nothing moves and no name stands. */
const aboveSquare = ({ x, y, width, height }: Region): Region => ({ x, y, width, height: height * 0.3 });

export type FlowReport = {
  /** Pictures that the time from the first to the last has room for. */
  expectedPictures: number;
  missingShare: number;
  /** Pictures at a time at which there is one already. */
  duplicateShare: number;
  /** The longest hole between the timestamps of sound. */
  longestSoundGapMs: number;
  decodeErrors: string[];
};

/** How regularly pictures and sound follow one another, by their timestamps. */
export async function analyseFlow(path: string, framesPerSecond = 30): Promise<FlowReport> {
  const { frameSeconds, sound, decodeErrors } = await decodeMedia(path);
  const first = frameSeconds[0] ?? 0;
  const slots = frameSeconds.map((seconds) => Math.round((seconds - first) * framesPerSecond));
  const filled = new Set(slots);
  const expectedPictures = (slots.at(-1) ?? -1) + 1;
  let longestSoundGapSeconds = 0;
  for (let frame = 1; frame < sound.frameStarts.length; frame++) {
    const samples = (sound.frameStarts[frame] ?? 0) - (sound.frameStarts[frame - 1] ?? 0);
    const step = (sound.frameSeconds[frame] ?? 0) - (sound.frameSeconds[frame - 1] ?? 0);
    longestSoundGapSeconds = Math.max(longestSoundGapSeconds, step - samples / sound.sampleRate);
  }
  return {
    expectedPictures,
    missingShare: (expectedPictures - filled.size) / expectedPictures,
    duplicateShare: (slots.length - filled.size) / expectedPictures,
    longestSoundGapMs: longestSoundGapSeconds * 1000,
    decodeErrors,
  };
}
