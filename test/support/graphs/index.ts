export { openHouse, type SimulatedHouse } from './simulated-house.ts';
export { simulateMedia, type SimulatedMedia } from './simulated-media.ts';
