import type { MigrationStatus } from 'changeover/coordinator';

/** What a person does next with a migration that stands still; undefined if there is nothing to do, or it is on its way. */
export function nextText({ name, stage, next, hold, retired }: MigrationStatus): string | undefined {
  const run = (verb: string, options = '') => `"changeover live ${verb} ${name}${options}"`;
  if (hold) return `Next: mend what is wrong, then ${run('start')}; or ${run('rollback')}.`;
  if (next !== null) return undefined;
  switch (stage) {
    case 'created':
      return `Next: have the application open it by its name, then ${run('start')}.`;
    case 'managed':
    case 'copying':
    case 'validated':
      return `Next: ${run('start')} to have the target used alone, or ${run('rollback')}.`;
    case 'target only':
      return `Next: ${run('finalize')} if all is well, or ${run('rollback')}.`;
    case 'turning back':
    case 'turned back':
      return `Next: ${run('start')} to go forward again, or ${run('abort')}.`;
    case 'turning back in part':
    case 'turned back in part':
      return `Next: ${run('start')} to go forward again, or ${run('rollback')} for the rest.`;
    case 'finalized':
      return retired?.wiped
        ? undefined
        : `Next: once nobody needs the rows of the source, ${run('finalize', ' --wipe-source')}.`;
    case 'aborted':
      return undefined;
  }
}
