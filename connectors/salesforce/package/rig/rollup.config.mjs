/*
 * Bundles the Lightning components with everything that an org would bring, so that a browser shows them without one.
 *
 * Own answers to what the plugin of lwc cannot know: the modules that only an org has (stubs/), our components by
 * their names (they lie in lwc/, not in c/), and the icons, of which only those are compiled that a component names.
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import lwc from '@lwc/rollup-plugin';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import replace from '@rollup/plugin-replace';

const RIG = path.dirname(fileURLToPath(import.meta.url));
const PACKAGE = path.dirname(RIG);
const COMPONENTS = path.join(PACKAGE, 'force-app/main/default/lwc');
const BASE = path.join(PACKAGE, 'node_modules/lightning-base-components/src/lightning');
const ICONS = /^lightning\/iconSvgTemplates(\w+)$/;
const NAMED = /\b(standard|utility):(\w+)/g;
const STUBS = {
    '@salesforce/client/formFactor': 'formFactor.mjs',
    'lightning/uiRecordApi': 'uiRecordApi.mjs'
};

function sources() {
    const files = readdirSync(COMPONENTS, { recursive: true }).filter((file) => /^[^_]+\.(js|html)$/.test(file));
    return files.map((file) => readFileSync(path.join(COMPONENTS, file), 'utf8')).join('\n');
}

/** The templates of the icons of one kind that our components name, as the library's own module hands them out. */
function icons(kind) {
    const sprite = kind.toLowerCase();
    const named = [...sources().matchAll(NAMED)].filter(([, of]) => of === sprite);
    const names = [...new Set(named.map(([, , name]) => name))].sort();
    const folder = path.join(BASE, `iconSvgTemplates${kind}`, 'buildTemplates', sprite);
    const imports = names.map((name) => `import ${sprite}_${name} from '${folder}/${name}.html';`);
    return [...imports, `export default { ${names.map((name) => `${sprite}_${name}`).join(', ')} };`].join('\n');
}

const org = {
    name: 'what an org brings',
    resolveId(id) {
        if (id in STUBS) {
            return path.join(RIG, 'stubs', STUBS[id]);
        }
        return ICONS.test(id) ? `\0${id}` : null;
    },
    load(id) {
        const kind = id.startsWith('\0') && ICONS.exec(id.slice(1))?.[1];
        return kind ? icons(kind) : null;
    }
};

const components = readdirSync(COMPONENTS).map((name) => ({
    name: `c/${name}`,
    path: path.join(COMPONENTS, name, `${name}.js`)
}));

export default {
    input: path.join(RIG, 'main.mjs'),
    output: { file: path.join(RIG, 'out/bundle.js'), format: 'iife', inlineDynamicImports: true },
    onwarn(warning, warn) {
        if (warning.code === 'UNRESOLVED_IMPORT') {
            throw new Error(`${warning.exporter}, which ${warning.id} imports, is not known to the rig`);
        }
        if (warning.code !== 'CIRCULAR_DEPENDENCY') {
            warn(warning);
        }
    },
    plugins: [
        org,
        replace({
            'process.env.NODE_ENV': JSON.stringify('development'),
            'import.meta.env.SSR': 'false',
            preventAssignment: true
        }),
        lwc({
            rootDir: RIG,
            defaultModules: [], // node's own way finds the engine of lwc's version, not that of jest's
            exclude: ['**/*.mjs'],
            enableDynamicComponents: true,
            modules: [...components, { npm: 'lightning-base-components' }]
        }),
        nodeResolve()
    ]
};
