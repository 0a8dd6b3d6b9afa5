export { deviceText, type DeviceName } from './device-text.ts';
