// stdin: {"name": document, …}; stdout: one JSON object of the complaints per name (severity 0 = error, 1 = warning).
import { Parser } from '@asyncapi/parser';

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const documents = JSON.parse(Buffer.concat(chunks).toString('utf8'));
const parser = new Parser();
const complaints = {};
for (const [name, document] of Object.entries(documents)) {
  const { document: parsed, diagnostics } = await parser.parse(JSON.stringify(document));
  complaints[name] = {
    parsed: parsed !== undefined,
    channels: parsed ? parsed.channels().length : 0,
    operations: parsed ? parsed.operations().length : 0,
    diagnostics: diagnostics
      .filter((d) => d.severity <= 1)
      .map((d) => ({ severity: d.severity, code: d.code, message: d.message, path: d.path.join('/') })),
  };
}
process.stdout.write(JSON.stringify(complaints));
