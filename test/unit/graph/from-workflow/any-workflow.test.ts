import fc from 'fast-check';
import { expect, it } from 'vitest';
import { validateDocument } from '../../../../runtime/graph/documents/index.ts';
import { fromWorkflow } from '../../../../runtime/graph/from-workflow/index.ts';
import { base, ours, workflow, type Arrow, type NodeSpec } from './workflows.ts';

const id = (value: string) => ({ __rl: true, mode: 'id', value });
const people = [
  '={{ $json.participantId }}',
  '={{ $json.trackId }}',
  '={{ $json.stepId }}',
  "={{ $('n0').item.json.participantId }}",
  '={{ $json.participantName + 1 }}',
  'anna',
];
const participants = fc.constantFrom(...people);
const values = fc.constantFrom(...people, '$5 each');
const conditions = fc
  .record({
    left: fc.constantFrom('kind', 'participantName', 'event', 'isFinal', 'metaData.role', 'permissions'),
    operation: fc.constantFrom('equals', 'contains', 'startsWith', 'notEquals', 'true'),
    right: fc.constantFrom('screen_video', 'Ann', '*', 5, true),
    combinator: fc.constantFrom('and', 'or'),
  })
  .map(({ left, operation, right, combinator }) => ({
    conditions: {
      combinator,
      conditions: [{ leftValue: `={{ $json.${left} }}`, rightValue: right, operator: { operation } }],
    },
  }));

/** A node of any kind that there is, named by its place. */
const spec = fc.oneof(
  fc
    .subarray([
      'participant-joined',
      'track-published',
      'session-started',
      'transcription-text',
      'room-closed',
      '*',
    ])
    .map((events) => ours('', 'meetingEventTrigger', { events })),
  fc.constant(ours('', 'participantJoinedTrigger', { filters: { hostsOnly: true, nameContains: 'Ann' } })),
  participants.map((participant) => ours('', 'trackTap', { participant: id(participant) })),
  fc
    .record({
      what: fc.constantFrom('room', 'room-audio', 'audio', 'video-and-audio', 'track:video'),
      operation: fc.constantFrom('start', 'startAndWait', 'stop'),
      participant: participants,
      metadata: values,
    })
    .map(({ what, operation, participant, metadata }) =>
      ours('', 'record', { what, operation, participant: id(participant), options: { metadata } }),
    ),
  fc.constantFrom('start', 'stop', 'get').map((operation) => ours('', 'hls', { operation })),
  fc.constantFrom('start', 'stop', 'startAndWait').map((operation) => ours('', 'transcribe', { operation })),
  fc.constant(ours('', 'transcribe', { resource: 'post' })),
  values.map((text) => ours('', 'play', { text })),
  conditions.map((parameters) => base('', 'if', parameters, 2)),
  fc.constantFrom('set', 'code', 'noOp', 'merge').map((type) => base('', type)),
);

const workflows = fc
  .tuple(
    fc.array(fc.tuple(spec, fc.boolean()), { minLength: 1, maxLength: 9 }),
    fc.array(fc.tuple(fc.nat(8), fc.nat(1), fc.nat(8)), { maxLength: 16 }),
  )
  .map(([specs, links]) => {
    const nodes = specs.map(([node, isOff], index): NodeSpec => ({
      ...node,
      name: `n${index}`,
      disabled: isOff && index % 4 === 3,
    }));
    const arrows = links.map(([from, output, to]): Arrow => `n${from} ${output}→ n${to}`);
    return workflow(nodes, arrows);
  });

it('makes a valid document of any workflow, or one without nodes', () => {
  fc.assert(
    fc.property(workflows, (value) => {
      const { document } = fromWorkflow(value);
      const problems = Object.keys(document.nodes).length === 0 ? [] : validateDocument(document);
      expect(problems).toEqual([]);
    }),
    { numRuns: 400, seed: 1 },
  );
});

it('reads what is no workflow at all without stumbling', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (node, connections) => {
      const value = { nodes: [{ name: 'n', type: 'n8n-nodes-roomflow.hls', parameters: node }], connections };
      expect(fromWorkflow(value).document.nodes).toEqual({});
    }),
    { numRuns: 200, seed: 1 },
  );
});
