import type { VNode } from 'preact';
import type { PictureNode, SessionPicture } from '../../../../contract/index.ts';
import { Avatar } from '../../../shared/index.ts';
import { ToneSign } from '../../parts/index.ts';
import { stepTypeText, trackKindText } from '../../texts/index.ts';

/** Everybody and every step of the session, to be chosen; those who have left stand last. */
export function Overview(props: { picture: SessionPicture; onSelect: (id: string) => void }): VNode {
  const { picture, onSelect } = props;
  const people = picture.nodes
    .filter(({ kind }) => kind === 'person')
    .sort((a, b) => Number(a.state === 'left') - Number(b.state === 'left'));
  const steps = picture.nodes.filter(({ kind }) => kind === 'step').toReversed();
  const tracksOf = (person: PictureNode): string =>
    picture.nodes
      .filter(({ kind, participantId }) => kind === 'track' && participantId === person.participantId)
      .map(({ type = '', state }) => `${trackKindText(type)}${state === 'muted' ? ' (muted)' : ''}`)
      .join(', ');
  return (
    <>
      <section aria-label="People">
        <h2 class="inspector-title">
          People <span class="count">{people.filter(({ state }) => state !== 'left').length}</span>
        </h2>
        <ul class="pick-list">
          {people.map((person) => (
            <li key={person.id}>
              <button type="button" onClick={() => onSelect(person.id)}>
                <Avatar participantId={person.participantId ?? person.id} name={person.label} />
                <span class="pick-text">
                  <strong>{person.label}</strong>
                  <small>
                    {person.state === 'connected' ? tracksOf(person) || 'Sends nothing' : person.state}
                  </small>
                </span>
                <ToneSign state={person.state} />
              </button>
            </li>
          ))}
        </ul>
      </section>
      <section aria-label="Steps">
        <h2 class="inspector-title">
          Steps <span class="count">{steps.length}</span>
        </h2>
        {steps.length === 0 && <p class="quiet">No step has run in this session.</p>}
        <ul class="pick-list">
          {steps.slice(0, 60).map((step) => (
            <li key={step.id}>
              <button type="button" onClick={() => onSelect(step.id)}>
                <span class="pick-text">
                  <strong>{stepTypeText(step.type ?? '')}</strong>
                  <small>{[step.detail, step.state].filter((text) => text !== '').join(' · ')}</small>
                </span>
                <ToneSign state={step.state} />
              </button>
            </li>
          ))}
        </ul>
        {steps.length > 60 && <p class="quiet">The newest 60 are listed; the picture holds them all.</p>}
      </section>
    </>
  );
}
