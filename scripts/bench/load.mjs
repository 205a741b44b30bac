// The clients, in a process of their own: each asks, waits for the answer, looks at it, and asks again.
import { Connection, post } from './http-client.mjs';
import { answerCalls } from './processes.mjs';

/** Stands in a body for a number that was never there before. */
const NUMBER = '#NUMBER#';
/** Stands for a page size of 50 on the average, another each time that the bodies come round. */
const ABOUT_50 = '"first":99';

/** An edit that goes on beside the load. */
const [FIRST_AFTER_MS, EVERY_MS] = [300, 600];

const plans = [];

answerCalls({
  /** Bodies are asked in turn, on from where the run before ended. Answers the plan's number. */
  plan({ url, headers = {}, bodies, wants, beside }) {
    const asked = { url, wants, next: inTurn(bodies.map((body) => post(url, headers, body))) };
    const edits = beside && { ...asked, ...beside, next: inTurn([post(url, headers, beside.body)]) };
    return plans.push({ asked, edits }) - 1;
  },

  /** For so many seconds. Answers how many answers came, in how many seconds, and how busy this process was (0-1). */
  async run({ plan, clients, seconds }) {
    const { asked, edits } = plans[plan];
    const connections = await Promise.all(Array.from({ length: clients }, () => Connection.open(asked.url)));
    const editor = edits && (await Connection.open(edits.url));
    const edit = () => askOnce(editor, edits);
    let editing;
    let edited = Promise.resolve();
    if (edits) {
      editing = setTimeout(() => {
        edited = edit();
        editing = setInterval(() => {
          edited = edited.then(edit);
        }, EVERY_MS);
      }, FIRST_AFTER_MS);
    }
    try {
      const cpu = process.cpuUsage();
      const begun = performance.now();
      const counts = await Promise.all(
        connections.map((connection) => askUntil(connection, asked, begun + seconds * 1000)),
      );
      const took = (performance.now() - begun) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      clearTimeout(editing);
      await edited;
      return { count: counts.reduce((sum, count) => sum + count), seconds: took, busy: (user + system) / 1e6 / took };
    } finally {
      clearTimeout(editing);
      for (const connection of [...connections, ...(editor ? [editor] : [])]) connection.close();
    }
  },
});

let numbers = 0;

/** What stands for the marks is as long as they are, and so the length of a body stays what its head says. */
function inTurn(requests) {
  const mark = [NUMBER, ABOUT_50].find((each) => requests[0].includes(each));
  const parts = requests.map((request) => (mark ? request.split(mark) : [request]));
  let [turn, lap] = [0, 0];
  return () => {
    const now = parts[turn];
    turn += 1;
    if (turn === parts.length) [turn, lap] = [0, lap + 1];
    if (mark === undefined) return now[0];
    numbers += 1;
    return now.join(mark === NUMBER ? String(numbers).padStart(NUMBER.length, '0') : `"first":${46 + (lap % 9)}`);
  };
}

function askUntil(connection, { wants, next }, deadline) {
  return new Promise((resolve, reject) => {
    let count = 0;
    const answered = (answer) => {
      const fault = faultOf(answer, wants);
      if (fault !== undefined) return reject(new Error(fault));
      count += 1;
      if (performance.now() < deadline) connection.ask(next(), answered, reject);
      else resolve(count);
    };
    connection.ask(next(), answered, reject);
  });
}

function askOnce(connection, { wants, next }) {
  return new Promise((resolve, reject) => {
    const answered = (answer) => {
      const fault = faultOf(answer, wants);
      if (fault === undefined) resolve();
      else reject(new Error(fault));
    };
    connection.ask(next(), answered, reject);
  });
}

const ERRORS = Buffer.from('"errors":');

function faultOf(answer, wants) {
  const isGood = answer.latin1Slice(9, 12) === '200' && answer.includes(wants) && !answer.includes(ERRORS);
  return isGood ? undefined : `not what was wanted (${wants}): ${answer.toString('latin1', 0, 2_000)}`;
}
