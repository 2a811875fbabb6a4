import { writeFile } from 'node:fs/promises';
import { explore, prove, type ReportData, type StrategyName } from '@changeover/tester';
import { type Section, thousands } from '../results.ts';
import { type Curve, picture } from './picture.ts';
import { CURVES } from './scenarios.ts';

const STRATEGIES: readonly StrategyName[] = ['random', 'pos', 'pct(3)', 'mix', 'portfolio'];

/** How many different traces each strategy sees in so many schedules. `BENCH_SCHEDULES` is how far the curves go. */
export async function saturation(): Promise<Section> {
  const schedules = Number(process.env['BENCH_SCHEDULES'] ?? 2 ** 16);
  const body: string[] = [];
  for (const [name, scenarioOf] of Object.entries(CURVES)) {
    const reports: ReportData[] = [];
    for (const strategy of STRATEGIES) {
      const report = await explore(scenarioOf(), { strategy, schedules, maxSteps: 2000 });
      reports.push(report.assertPassed());
      console.log(`${name}: ${report.toString()}`);
    }
    const file = `saturation-${name.replaceAll(' ', '-')}.svg`;
    const curves = reports.map(({ strategy, curve }): Curve => ({ name: strategy, points: curve }));
    await writeFile(new URL(`../${file}`, import.meta.url), picture(`Traces of ${name}`, curves));
    if (name.startsWith('two calls')) body.push(await totalOf(scenarioOf()), '');
    body.push(...tableOf(name, reports), '', `![Traces by schedules, for each strategy](${file})`, '');
  }
  return {
    title: 'How soon strategies are saturated',
    body: [
      ...body,
      'About how many different traces there were after so many schedules, seed 1; both axes of the pictures are logarithmic. *New* is the chance that the next',
      'schedule shows a new trace, by Turing’s estimate. Of the original protocol a program is drawn for each schedule; the live one has a single program.',
    ],
  };
}

/** How many there are to be seen. */
async function totalOf(scenario: ReturnType<(typeof CURVES)[string]>): Promise<string> {
  const { schedules, complete } = (await prove(scenario, { maxSteps: 400 })).assertPassed();
  if (!complete) throw new Error(`not all traces of ${scenario.name} were counted`);
  return `Of ${scenario.name}, with a worker that crashes, there are ${thousands(schedules)} traces.`;
}

function tableOf(name: string, reports: readonly ReportData[]): string[] {
  const lengths = (reports[0]?.curve ?? [])
    .map(({ schedules }) => schedules)
    .filter((_, at, all) => at % 2 === 0 || at === all.length - 1);
  return [
    `| ${name}: schedules | ${reports.map(({ strategy }) => strategy).join(' | ')} |`,
    `|---:|${reports.map(() => '---:|').join('')}`,
    ...lengths.map((length) => {
      const traces = reports.map(
        ({ curve }) => curve.find(({ schedules }) => schedules === length)?.traces ?? 0,
      );
      return `| ${[length, ...traces].map(thousands).join(' | ')} |`;
    }),
    `| new | ${reports.map(({ chanceOfNew = 0 }) => `${(100 * chanceOfNew).toFixed(1)} %`).join(' | ')} |`,
  ];
}
