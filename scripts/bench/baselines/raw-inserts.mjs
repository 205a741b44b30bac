// Durable inserts of single rows, one after the other. Takes their file, and how many bytes each has.
import { answerCalls } from '../processes.mjs';
import { durableInserts } from './durable-inserts.mjs';

const [file, bytes] = process.argv.slice(2);
const insert = durableInserts(file, Number(bytes));

answerCalls({
  run(seconds) {
    const begun = performance.now();
    let count = 0;
    for (; performance.now() < begun + seconds * 1000; count += 1) insert();
    return { count, seconds: (performance.now() - begun) / 1000 };
  },
});
