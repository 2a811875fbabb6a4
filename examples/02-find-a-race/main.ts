/**
 * Finds a race in each of the programs of this folder, shows the shortest schedule that it was shrunk to, and shows that
 * the mended program has none: `node --import tsx --conditions=@changeover/source examples/02-find-a-race/main.ts`.
 */
import { demos } from './demos.ts';

for (const { name, about, bug, mended } of demos) {
  console.log(`\n── ${name}. ${about}\n`);
  const found = await bug.explore();
  if (found.passed) throw new Error(`the bug of "${name}" was not found`);
  console.log(found.toString());
  console.log();
  console.log((await mended.explore()).assertPassed().toString());
  console.log((await mended.prove()).assertPassed().toString());
}
