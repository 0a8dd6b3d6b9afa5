export { validateDocument, parseDocument } from './validate.ts';
export { graphDocumentSchema } from './document-schema.ts';
export { concealDocument } from './conceal.ts';
export { matchesEvent } from './condition.ts';
export { scopeIdOf, scopeOf } from './scope.ts';
export { paramsOf, takesParticipantOfEvent, type Told } from './params-of.ts';
export { nodesAbove, sourceOf, stepsBelow, stepsEndedBy, stepsFedBy } from './edges.ts';
