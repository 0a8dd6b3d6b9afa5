export { createDeepgramEngine } from './deepgram.ts';
