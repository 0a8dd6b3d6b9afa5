import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Participation } from './participation.ts';

export const ParticipationContext = createContext<Participation | null>(null);

/** The page's participation. @throws outside of the app */
export function useParticipation(): Participation {
  const participation = useContext(ParticipationContext);
  if (participation === null) {
    throw new Error('useParticipation needs a ParticipationContext around it.');
  }
  return participation;
}
