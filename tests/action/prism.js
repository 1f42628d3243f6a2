// node -r ./ajv-loud.js -r prism.js …   run in Prism's folder. Two places where its proxy is no plain proxy:
// it follows redirects itself, with the token, and it takes GitHub's raw media type for JSON.
const path = require('path');
const from = module.constructor.createRequire(path.join(process.cwd(), 'node_modules/@stoplight/prism-http/dist/forwarder/index.js'));
const fetch = from('node-fetch');
const original = fetch.default;
fetch.default = (url, options) => original(url, { ...options, redirect: 'manual' });

const raw = type => (type || '').startsWith('application/vnd.github.raw');
const parse = from('../utils/parseResponse');
const body = parse.parseResponseBody;
parse.parseResponseBody = response => body(raw(response.headers.get('content-type')) ? { status: 204, headers: response.headers, text: () => response.text() } : response);

const server = module.constructor.createRequire(path.join(process.cwd(), 'node_modules/@stoplight/prism-http-server/dist/server.js'));
const page = server('./serialize');
const serialize = page.serialize;
page.serialize = (payload, type) => raw(type) ? payload : serialize(payload, type);
