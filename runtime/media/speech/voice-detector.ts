import loadFvad from '@echogarden/fvad-wasm';
import { SPEECH_RATE } from './types.ts';

/** How long each block is that is judged, and all sound here is handed on in. */
export const BLOCK_MS = 20;
export const BLOCK_SAMPLES = (BLOCK_MS * SPEECH_RATE) / 1000;

/** Of 0 (permissive) to 3 (strict). Strict loses soft onsets, permissive takes keyboards for voices. */
const STRICTNESS = 2;

/** Judges blocks of one speaker, one after the other. */
export type VoiceDetector = {
  /** @param block - {@link BLOCK_SAMPLES} samples. */
  isVoice(block: Int16Array): boolean;
  close(): void;
};

/** Opens detectors: WebRTC's, which hears a voice go on for up to 100 ms after its end. 3 µs a block. */
export type VoiceDetectors = { open(): VoiceDetector };

/** Loads the detector from the package's own file. */
export async function loadVoiceDetectors(): Promise<VoiceDetectors> {
  const fvad = await loadFvad();
  return {
    open() {
      const detector = fvad._fvad_new();
      const samples = fvad._malloc(BLOCK_SAMPLES * Int16Array.BYTES_PER_ELEMENT);
      if (detector === 0 || samples === 0) {
        throw new Error('There is no memory for another voice detector.');
      }
      fvad._fvad_set_mode(detector, STRICTNESS);
      fvad._fvad_set_sample_rate(detector, SPEECH_RATE);
      return {
        isVoice(block) {
          fvad.HEAP16.set(block, samples / Int16Array.BYTES_PER_ELEMENT);
          return fvad._fvad_process(detector, samples, BLOCK_SAMPLES) === 1;
        },
        close() {
          fvad._fvad_free(detector);
          fvad._free(samples);
        },
      };
    },
  };
}
