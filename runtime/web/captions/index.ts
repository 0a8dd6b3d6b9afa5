export { Captions } from './captions.ts';
export { CaptionsContext, useCaptions } from './captions-context.ts';
export { CaptionsView } from './captions-view.tsx';
export { Transcript } from './transcript.tsx';
