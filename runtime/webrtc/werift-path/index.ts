/** werift's own packet path, as a fallback for ours. */
export { WeriftPath } from './werift-path.ts';
