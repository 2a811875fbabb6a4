/** Four tasks that pass twenty points each, and touch a cell of their own, or one cell in common. Plain JavaScript, so that threads can import it. */
import { keyValueMap, reads, writes } from '@changeover/tester';

export const TASKS = 4;
export const POINTS = 20;

const CELLS = Array.from({ length: TASKS }, (_, task) => ({
  get: reads(`cell ${task}`),
  put: writes(`cell ${task}`),
}));

/** Every second call writes; one call of each task is to a cell that all share. */
function footprint(task, point) {
  const { get, put } = CELLS[point === POINTS / 2 ? 0 : task];
  return point % 2 === 0 ? put : get;
}

export const points = {
  name: 'four times twenty points',
  setup: (scope) => scope,
  tasks: (scope) =>
    tasksOf((task) => async () => {
      for (let point = 0; point < POINTS; point++) {
        await scope.point('point', footprint(task, point), () => undefined);
      }
    }),
};

/** The same, with a real map behind the points, and every answer checked: the whole is linearizable. */
export const checked = {
  name: 'four times twenty operations, checked',
  setup: (scope) => ({ scope, history: scope.history(keyValueMap()), cells: new Map() }),
  tasks: ({ scope, history, cells }) =>
    tasksOf((task) => async () => {
      for (let point = 0; point < POINTS; point++) {
        const key = String(point === POINTS / 2 ? 0 : task);
        const put = point % 2 === 0;
        const input = put ? { type: 'put', key, value: `${task}.${point}` } : { type: 'get', key };
        const effect = put ? () => void cells.set(key, input.value) : () => cells.get(key);
        await history.operation(input, () => scope.point('point', footprint(task, point), effect));
      }
    }),
};

function tasksOf(task) {
  return Object.fromEntries(Array.from({ length: TASKS }, (_, index) => [`t${index}`, task(index)]));
}
