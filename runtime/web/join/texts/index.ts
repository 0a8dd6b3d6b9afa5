export { canTryAgain, errorText, type ErrorText } from './error-text.ts';
export { deviceText, type DeviceName } from './device-text.ts';
export { hueOf, initials } from './initials.ts';
export { splitLinks, type TextPart } from './links.ts';
