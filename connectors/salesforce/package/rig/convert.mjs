// Prints what source-deploy-retrieve finds in the package, as [type, name] pairs, after it has converted the whole.
import { createRequire } from 'node:module';
import process from 'node:process';

process.env.SF_DISABLE_LOG_FILE = 'true';
const { ComponentSet, MetadataConverter } = createRequire(import.meta.url)('@salesforce/source-deploy-retrieve');

const [, , source, target] = process.argv;
const found = ComponentSet.fromSource(source);
await new MetadataConverter().convert(found, 'metadata', { type: 'directory', outputDirectory: target, genUniqueDir: false });
const pairs = found.toArray().map(({ type, fullName }) => [type.name, fullName]);
process.stdout.write(JSON.stringify(pairs));
