export { bitrateText, bytesText, countText, durationText } from './quantities.ts';
export { edgeText, type EdgeText } from './edge-text.ts';
export { logTimeText, secondsBetween, whenText } from './times.ts';
export { signInText } from './sign-in-text.ts';
export { stepTypeText, trackKindText } from './step-text.ts';
