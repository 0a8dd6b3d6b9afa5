import type { Colour } from '../oracle/index.ts';

/** A beep and a flash at each whole second of the machine's clock: the same instants for all guests. */
export const FLASH_PERIOD_MS = 1000;
export const BEEP_HZ = 1000;

/**
 * Sound that leaves the page at an instant reaches the encoder this much later than a frame stamped with that
 * instant. Measured with sender reports: 15 ms with the 6.5 ms that Opus looks ahead, 8.5 ms without. Between
 * the two, so that recordings are within 4 ms of the truth whether or not they make good for Opus.
 */
const SOUND_LEAD_MS = 11.5;

/** What a guest sends; plain data, since it goes into the page. */
export type BeepAndFlashSignal = {
  /** Drawn into the picture, and decides its colour. */
  number: number;
  colour: Colour;
  width: number;
  height: number;
  framesPerSecond: number;
  periodMs: number;
  /** How long a beep and a flash last. */
  eventMs: number;
  beepHz: number;
  /** How much earlier the sound is to be scheduled, so that it leaves the page together with the picture. */
  soundLeadMs: number;
};

/**
 * The background of a guest's picture between flashes. Dark, so that flashes stand out; told apart by hue.
 *
 * @param number 1 for the first guest
 */
export function guestColour(number: number): Colour {
  // Steps of the golden angle keep any number of neighbours apart.
  const hue = ((number - 1) * 137.5) % 360;
  const channel = (shift: number): number => {
    const distance = Math.abs(((((hue + shift) % 360) + 360) % 360) - 180);
    return Math.round(10 + 70 * Math.min(1, Math.max(0, (distance - 60) / 60)));
  };
  return { red: channel(0), green: channel(-120), blue: channel(-240) };
}

/** The signal of a guest. Small and 30 frames a second: cheap to encode, many guests to a machine. */
export function beepAndFlashSignal(number: number): BeepAndFlashSignal {
  return {
    number,
    colour: guestColour(number),
    width: 320,
    height: 180,
    framesPerSecond: 30,
    periodMs: FLASH_PERIOD_MS,
    eventMs: 100,
    beepHz: BEEP_HZ,
    soundLeadMs: SOUND_LEAD_MS,
  };
}
