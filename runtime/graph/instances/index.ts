export { createGraphService, type GraphOfStep, type GraphService } from './graphs.ts';
