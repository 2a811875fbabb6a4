/** Frames of the tester itself, and of Node. */
const INSIDE = /[\\/]tester[\\/](src|dist)[\\/]|node:|<anonymous>\)?$/;

/** The line of the code under test that is being run, or undefined if none is. */
export function callSite(): string | undefined {
  const lines = (new Error('here').stack ?? '').split('\n').slice(1);
  const line = lines.find((each) => !INSIDE.test(each) && /[(\s]\S+:\d+:\d+\)?$/.test(each));
  return line?.replace(/^\s*at (async )?/, '').replaceAll('file://', '');
}
