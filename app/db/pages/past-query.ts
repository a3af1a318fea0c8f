/** Which moment the address of a product's history names. */
import { instantOf } from '~/core/local-time';

/**
 * `at` is an instant (ISO 8601, in UTC), `on` a time as the shop's clock shows it. Null where there is none, or none
 * that can be understood.
 */
export function readMoment(parameters: URLSearchParams, timeZone: string): Date | null {
  const at = parameters.get('at') ?? '';
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/.test(at)) {
    const instant = new Date(at);
    return Number.isNaN(instant.getTime()) ? null : instant;
  }
  return instantOf(parameters.get('on') ?? '', timeZone);
}
