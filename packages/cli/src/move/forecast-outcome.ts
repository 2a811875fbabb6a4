import type { MoveResult, SideOperations, StepForecast } from 'changeover/move';
import { secondsText } from '../output/forecast-text.ts';
import { countOf, formatCount, formatDuration } from '../output/format.ts';

/** What one step of one job took in this run, beside what was foreseen when the job began to copy. */
export interface ForecastOutcome {
  readonly job: string;
  readonly step: 'copy' | 'validate';
  readonly forecast: StepForecast;
  readonly actual: { readonly seconds: number; readonly operations: SideOperations };
  /** True if an earlier run did a part of the step: the forecast was of the whole, and the two do not compare. */
  readonly resumed: boolean;
}

export function forecastOutcomes({ job, forecast, taken }: MoveResult): readonly ForecastOutcome[] {
  if (!forecast) return [];
  return taken.flatMap(({ step, seconds, operations, resumed }) =>
    step === 'copy' || step === 'validate'
      ? [{ job, step, forecast: forecast[step], actual: { seconds, operations }, resumed }]
      : [],
  );
}

/** A line for people, where the two compare, and a time was foreseen: for small moves there is none. */
export function forecastOutcomeText({ step, forecast, actual, resumed }: ForecastOutcome): readonly string[] {
  if (resumed || !forecast.seconds || !forecast.operations) return [];
  const foreseen = `${secondsText(forecast.seconds)}, ${countOf(sumOf(forecast.operations), 'operation')}`;
  const took = `${formatDuration(actual.seconds)}, ${formatCount(sumOf(actual.operations))}`;
  return [`Forecast of ${step}: ${foreseen}; it took ${took}.`];
}

function sumOf({ source, target }: SideOperations): number {
  return source.reads + source.writes + target.reads + target.writes;
}
