export { debianModelDirectory, findLibraries, findModel } from './model.ts';
export { createPocketSphinxEngine, pocketSphinxLanguage } from './pocketsphinx.ts';
