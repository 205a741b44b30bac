// A bare fastify, that reads a JSON body and answers the bytes that it is given.
import { fastify } from 'fastify';
import { answerCalls } from '../processes.mjs';

let answer;
const app = fastify();
app.post('/graphql', (_, reply) => {
  reply.header('content-type', 'application/json; charset=utf-8').send(answer);
});
const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/graphql`;

answerCalls({
  answerWith(text) {
    answer = Buffer.from(text);
    return url;
  },
});
