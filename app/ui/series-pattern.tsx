import { seriesStyle } from './chart-series';

/** Fill of the bars of a series, to stand in <defs>. */
export function SeriesPattern({ id, place }: { id: string; place: number }) {
  const { colour, pattern } = seriesStyle(place);
  if (pattern === 'plain')
    return (
      <pattern id={id} width="8" height="8" patternUnits="userSpaceOnUse">
        <rect width="8" height="8" fill={colour} />
      </pattern>
    );
  const turns: Record<string, number> = { rising: 45, falling: 135, level: 90, upright: 0 };
  return (
    <pattern
      id={id}
      width="6"
      height="6"
      patternUnits="userSpaceOnUse"
      patternTransform={`rotate(${turns[pattern] ?? 0})`}
    >
      <rect width="6" height="6" fill="#ffffff" />
      {pattern === 'dots' ? (
        <circle cx="3" cy="3" r="2" fill={colour} />
      ) : (
        <rect width="3.4" height="6" fill={colour} />
      )}
    </pattern>
  );
}
