export { debianModelDirectory, findModel } from './model.ts';
export { createPocketSphinxEngine, pocketSphinxLanguage } from './pocketsphinx.ts';
