import type { Colour } from '../oracle/index.ts';

/** A beep and a flash at each whole second of the machine's clock: the same instants for all guests. */
export const FLASH_PERIOD_MS = 1000;
export const BEEP_HZ = 1000;

/**
 * Opus looks 6.5 ms ahead, so a beep made together with its flash comes that much late out of a decoder that
 * does not make good for it. Half of that: recordings are within 4 ms of the truth whether or not they do.
 */
const SOUND_LEAD_MS = 3;

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
  /** How much earlier the beep is made than the flash. */
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
