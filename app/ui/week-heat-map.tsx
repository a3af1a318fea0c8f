import { Text } from '@shopify/polaris';
import { formatCount, WEEKDAYS } from './formats';

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 0 });

/** From nothing to the busiest hour: one hue that darkens, which no kind of colour blindness takes away. */
const SHADES = ['#ffffff', '#e3eef7', '#bcd6ea', '#85b4d8', '#2a6b9e', '#00508a'] as const;

function shade(value: number, most: number): { background: string; color: string } {
  const level = value <= 0 || most <= 0 ? 0 : Math.min(5, 1 + Math.floor((4.999 * value) / most));
  return { background: SHADES[level] ?? SHADES[0], color: level >= 4 ? '#ffffff' : '#1f1f1f' };
}

const HEAD = { fontWeight: 'normal', fontSize: 12, padding: '2px 4px', whiteSpace: 'nowrap' } as const;

/** Hours of the week, Monday first, as a table whose cells are the darker the more they hold. `values`: 168 of them. */
export function WeekHeatMap({ title, values, unit }: { title: string; values: number[]; unit: string }) {
  const most = Math.max(0, ...values);
  return (
    <div role="region" aria-label={title} tabIndex={0} style={{ overflowX: 'auto', position: 'relative' }}>
      <table style={{ borderCollapse: 'collapse', width: '100%', fontVariantNumeric: 'tabular-nums' }}>
        <caption className="Polaris-Text--visuallyHidden">{`${title}, ${unit} by weekday and hour`}</caption>
        <thead>
          <tr>
            <th scope="col" style={{ ...HEAD, textAlign: 'start' }}>
              <Text as="span" visuallyHidden>
                Weekday
              </Text>
            </th>
            {HOURS.map((hour) => (
              <th key={hour} scope="col" style={HEAD}>
                {String(hour).padStart(2, '0')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {WEEKDAYS.map((weekday, day) => (
            <tr key={weekday}>
              <th scope="row" style={{ ...HEAD, textAlign: 'start' }}>
                {weekday}
              </th>
              {HOURS.map((hour) => {
                const value = values[day * 24 + hour] ?? 0;
                return (
                  <td
                    key={hour}
                    title={`${weekday}, ${String(hour).padStart(2, '0')}:00: ${formatCount(value)} ${unit}`}
                    style={{
                      ...shade(value, most),
                      border: '1px solid #ffffff',
                      minWidth: 30,
                      height: 28,
                      textAlign: 'center',
                      fontSize: 12,
                    }}
                  >
                    {value === 0 ? '0' : short.format(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
