// How long something takes, in words for people.

/** `8 min`, `1 h 20 min`; below two minutes in seconds. */
export function duration(minutes: number): string {
  if (minutes < 2) return `${Math.round(minutes * 60)} s`;
  const whole = Math.round(minutes);
  if (whole < 60) return `${whole} min`;
  const rest = whole % 60;
  return `${Math.floor(whole / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}
