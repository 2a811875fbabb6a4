import type { MoveError, MovePlan } from 'changeover/move';
import type { JsonLines } from '../output/json-lines.ts';
import type { SidePrice } from './prices.ts';

/** A `plan` event for each table, and one `forecast` for all of them. Limits that a store does not have are null. */
export function writePlan(json: JsonLines, plan: MovePlan, prices: readonly SidePrice[]): void {
  const { job, resumed, steps, tables, refusals, forecast } = plan;
  for (const { refusals: own, ...table } of tables) {
    json.write({ event: 'plan', job }, { ...table, refusals: own.map(refusalJson) });
  }
  json.write(
    { event: 'forecast', job },
    { resumed, steps, ...forecast, prices, refusals: refusals.map(refusalJson) },
  );
}

function refusalJson({ code, message, hint }: MoveError): object {
  return { code, message, hint: hint ?? null };
}
