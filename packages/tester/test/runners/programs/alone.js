import { explore } from '@changeover/tester';
import { losing, mended } from './counting.js';

const scenario = process.argv[2] === 'mended' ? mended : losing;
console.log((await explore(scenario)).assertPassed().toString());
