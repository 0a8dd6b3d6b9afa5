/** How far behind the stage: `1.8 s behind`. Under a tenth of a second it is measuring error. */
export function latencyText(seconds: number): string {
  return seconds < 10 ? `${Math.max(0.1, seconds).toFixed(1)} s behind` : `${Math.round(seconds)} s behind`;
}

/** A place in a replay: `4:05`, `1:02:09`. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (part: number): string => String(part).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}
