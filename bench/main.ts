/** Runs the benchmarks that are named, or all of them, and writes bench/results.md. */
import { azureTables } from './azure-tables/bench.ts';
import { hotPartition } from './hot-partition/bench.ts';
import { liveHotFence } from './live/hot-fence.ts';
import { liveMove } from './live/move.ts';
import { liveMutants } from './live/mutants.ts';
import { livePairs, liveWhole } from './live/pairs.ts';
import { liveWrapper } from './live/wrapper.ts';
import { movePostgres } from './move-postgres/bench.ts';
import { moveSqlite } from './move-sqlite/bench.ts';
import { originalBugs } from './original-bugs/bench.ts';
import { portfolio } from './portfolio/bench.ts';
import { saturation } from './portfolio/saturation.ts';
import { type Section, writeSection } from './results.ts';
import { testerDemos, testerSpeed } from './tester/bench.ts';
import { validateHash } from './validate-hash/bench.ts';

const BENCHES: Readonly<Record<string, () => Promise<Section>>> = {
  'move-sqlite': moveSqlite,
  'validate-hash': validateHash,
  'hot-partition': hotPartition,
  'original-bugs': originalBugs,
  'live-mutants': liveMutants,
  'live-pairs': livePairs,
  'live-whole': liveWhole,
  'live-wrapper': liveWrapper,
  'live-hot-fence': liveHotFence,
  'live-move': liveMove,
  'move-postgres': movePostgres,
  'azure-tables': azureTables,
  'tester-speed': testerSpeed,
  'tester-demos': testerDemos,
  portfolio,
  saturation,
};

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(BENCHES)) {
  const bench = BENCHES[name];
  if (!bench) throw new Error(`there is no benchmark ${name}; there are ${Object.keys(BENCHES).join(', ')}`);
  console.log(`${name} …`);
  const section = await bench();
  await writeSection(section);
  console.log(section.body.join('\n'));
}
