export { writeApiReference, type OpenApi } from './api-reference.ts';
export { servedOpenApi } from './served-openapi.ts';
