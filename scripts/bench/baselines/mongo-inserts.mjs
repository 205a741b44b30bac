// 64 clients that insert a document each, one after another, all acknowledged by the majority and from the journal. Takes
// the database's URL, and how many bytes each document has.
import { MongoClient } from 'mongodb';
import { answerCalls } from '../processes.mjs';

const [url, bytes] = process.argv.slice(2);
const client = new MongoClient(url, { writeConcern: { w: 'majority', journal: true }, maxPoolSize: 64 });
const inserts = client.db().collection('inserts');
const body = 'x'.repeat(Number(bytes));
await inserts.insertOne({ body });

answerCalls({
  async run(seconds) {
    const begun = performance.now();
    let count = 0;
    await Promise.all(
      Array.from({ length: 64 }, async () => {
        for (; performance.now() < begun + seconds * 1000; count += 1) await inserts.insertOne({ body });
      }),
    );
    return { count, seconds: (performance.now() - begun) / 1000 };
  },
});
