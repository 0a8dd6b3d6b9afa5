export { delay } from './delay';
export {
  filledText,
  readId,
  readJson,
  readLimit,
  readOptionalId,
  readText,
  splitList,
} from './read-parameters';
export { refuseCustomCall, unknownOperation } from './refuse-custom-call';
export { asJson, runPerItem, type ItemResult } from './run-per-item';
