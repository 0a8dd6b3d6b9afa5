export { createMixer } from './mixer.ts';
export type { Mixer, MixerOptions } from './mixer.ts';
