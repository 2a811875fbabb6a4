import type { Created } from 'changeover/coordinator';
import { formatRows } from '../output/format.ts';
import type { NamedPlace } from './place.ts';

interface CreatedMigration extends Created {
  readonly name: string;
  readonly source: NamedPlace;
  readonly target: NamedPlace;
  readonly dryRun: boolean;
}

/** What a person should know before anything is started. */
export function createdText(created: CreatedMigration): string {
  const { name, source, target, rows, createsTarget, writes, restsOn, narrows, dryRun } = created;
  const lines = [
    `source  ${source.url}`,
    `target  ${target.url}${createsTarget ? ', which is not there yet' : ''}`,
    `${formatRows(rows)} looked at: the target can hold ${rows === 1 ? 'it' : 'them all'}`,
    'Once it is started, this is written into the source:',
    ...writes.map((each) => `  ${each}`),
    ...(restsOn.length === 0
      ? ['Nothing rests on waiting: both stores refuse who is late.']
      : ['This rests on waiting, and not on the stores:', ...restsOn.map((each) => `  ${each}`)]),
    ...(narrows.length === 0
      ? []
      : ['As long as it lasts, an application can do less:', ...narrows.map((each) => `  ${each}`)]),
    dryRun
      ? `This would make the live migration ${name}. Nothing was written.`
      : `The live migration ${name} is made; everything is on the source.`,
    ...(dryRun
      ? []
      : [`Next: have the application open it by its name, then run "changeover live start ${name}".`]),
  ];
  return `${lines.join('\n')}\n`;
}
