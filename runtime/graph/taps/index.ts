export { createTapService, type TapService } from './taps.ts';
