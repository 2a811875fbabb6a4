import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What CI systems call the commit that they build. */
const VARIABLES = [
  'GITHUB_SHA',
  'CI_COMMIT_SHA',
  'BUILD_SOURCEVERSION',
  'CIRCLE_SHA1',
  'GIT_COMMIT',
  'BITBUCKET_COMMIT',
];

/** The commit that is being tested, if the working directory is in a checkout or a CI system says so. */
export async function currentCommit(): Promise<string | undefined> {
  const said = VARIABLES.map((name) => process.env[name]).find(Boolean);
  if (said) return said;
  const asked = promisify(execFile)('git', ['rev-parse', 'HEAD']);
  return asked.then(
    ({ stdout }) => stdout.trim(),
    () => undefined, // no git, or no checkout
  );
}
