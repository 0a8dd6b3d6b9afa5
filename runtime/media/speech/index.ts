export * from './types.ts';
export { createListener } from './listener.ts';
export { transcribeFile } from './transcribe-file.ts';
