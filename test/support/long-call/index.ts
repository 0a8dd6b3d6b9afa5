export { CallWatch } from './call-watch.ts';
export { frozenWindows, type FlowWindow } from './flow.ts';
export { reportingOptions } from './process-figures.ts';
export { ProcessWatch, type ProcessGrowth } from './process-watch.ts';
