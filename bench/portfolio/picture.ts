export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly schedules: number; readonly traces: number }[];
}

const [WIDTH, HEIGHT, LEFT, TOP, SIZE] = [720, 420, 70, 40, 320];
const LENGTH = 480;
const COLOURS = ['#555555', '#0072b2', '#d55e00', '#009e73', '#56b4e9', '#cc79a7', '#000000'];

/** Curves of traces by schedules, both logarithmic, as an SVG. */
export function picture(title: string, curves: readonly Curve[]): string {
  const points = curves.flatMap((curve) => curve.points);
  const most = Math.max(...points.map(({ schedules }) => schedules));
  const decades = Math.max(1, Math.ceil(Math.log10(most)));
  const x = (schedules: number) => (LEFT + (LENGTH * Math.log10(schedules)) / decades).toFixed(1);
  const y = (traces: number) => (TOP + SIZE - (SIZE * Math.log10(Math.max(1, traces))) / decades).toFixed(1);
  const ticks = Array.from({ length: decades + 1 }, (_, power) => 10 ** power);
  const grid = ticks.flatMap((tick) => [
    `<path d="M${x(tick)} ${TOP}V${TOP + SIZE}M${LEFT} ${y(tick)}H${LEFT + LENGTH}" stroke="#ddd"/>`,
    `<text x="${x(tick)}" y="${TOP + SIZE + 18}" text-anchor="middle">${tick.toLocaleString('en-US')}</text>`,
    `<text x="${LEFT - 8}" y="${y(tick)}" text-anchor="end" dy="4">${tick.toLocaleString('en-US')}</text>`,
  ]);
  const lines = curves.flatMap(({ name, points: own }, at) => {
    const colour = COLOURS[at % COLOURS.length] as string;
    const path = own.map(({ schedules, traces }) => `${x(schedules)},${y(traces)}`).join(' ');
    const middle = TOP + 10 + at * 22;
    return [
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      `<path d="M${LEFT + LENGTH + 20} ${middle}h24" stroke="${colour}" stroke-width="2"/>`,
      `<text x="${LEFT + LENGTH + 50}" y="${middle}" dy="4">${name}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="22" font-size="15">${title}</text>`,
    ...grid,
    ...lines,
    `<text x="${LEFT + LENGTH / 2}" y="${TOP + SIZE + 42}" text-anchor="middle">schedules</text>`,
    '</svg>',
    '',
  ].join('\n');
}
