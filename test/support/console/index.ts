export { openConsole, type ConsolePage } from './console-page.ts';
