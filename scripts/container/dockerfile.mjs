// Reads a Dockerfile, as far as the project's own goes. Whatever else is in it is refused: it would not be tried.

/** Instructions that say how a container is run, and change no file. */
const SAID = ['VOLUME', 'EXPOSE', 'HEALTHCHECK', 'ENTRYPOINT', 'CMD', 'USER'];
const STEPS = ['WORKDIR', 'COPY', 'RUN', 'ENV'];

/** The stages, in order: `{ from, name, steps: [{ instruction, flags, rest }] }`, `rest` without the flags. */
export function parseDockerfile(text) {
  const stages = [];
  for (const line of instructionsIn(text)) {
    const [, instruction = '', behind = ''] = /^([A-Z]+)\s+(.*)$/s.exec(line) ?? [];
    if (instruction === 'FROM') stages.push(parseFrom(behind));
    else if (!SAID.includes(instruction) && !STEPS.includes(instruction)) throw new Error(`not known here: ${line}`);
    else if (stages.length === 0) throw new Error(`before the first FROM: ${line}`);
    else stages.at(-1).steps.push({ instruction, ...withoutFlags(behind) });
  }
  return stages;
}

function instructionsIn(text) {
  return text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function parseFrom(behind) {
  const [, from, name] = /^([^\s$-]\S*?)(?:\s+AS\s+(\S+))?$/.exec(behind) ?? [];
  if (from === undefined) throw new Error(`not known here: FROM ${behind}`);
  return { from, name, steps: [] };
}

function withoutFlags(behind) {
  const flags = {};
  let rest = behind;
  for (let match = FLAG.exec(rest); match !== null; match = FLAG.exec(rest)) {
    flags[match[1]] = match[2];
    rest = rest.slice(match[0].length);
  }
  return { flags, rest };
}

const FLAG = /^--([a-z-]+)=(\S+)\s+/;

/** The words of an instruction in its exec form. In the shell form a shell would stand between a signal and node. */
export function execForm(text) {
  const words = text.startsWith('[') ? JSON.parse(text) : undefined;
  if (!Array.isArray(words) || words.length === 0) throw new Error(`not in exec form: ${text}`);
  return words;
}
