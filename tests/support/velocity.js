// Renders API Gateway's templates with amplify-velocity-template: one request a line, one answer a line.
const {render} = require(process.argv[2]);

// As java.net.URLEncoder does, which the gateway uses.
const urlEncode = (text) => encodeURIComponent(text)
  .replace(/%20/g, '+')
  .replace(/[!'()~]/g, (sign) => '%' + sign.charCodeAt(0).toString(16).toUpperCase());

const at = (value, path) => path.split('.').slice(1)
  .reduce((held, name) => (held === null || held === undefined ? undefined : held[name]), value);

function answer({template, body, params, context}) {
  const held = {...context, responseOverride: {}};
  const input = {
    body,
    params: (name) => params[name],
    path: (path) => {
      try {
        return at(JSON.parse(body), path);
      } catch {
        return undefined;
      }
    },
  };
  const text = render(template, {input, util: {urlEncode}, context: held});
  return {text, status: held.responseOverride.status};
}

let rest = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  for (const line of lines) process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + '\n');
});
