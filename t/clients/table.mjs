// Writes the results of sdk.test.mjs to a file, between its markers: a column
// for each client, a row for each case.
//
//     node table.mjs RESULTS FILE
//
// Columns of clients that did not run stay as they are.

import { readFileSync, writeFileSync } from 'node:fs';

const [, , from, file] = process.argv;
const { date, results } = JSON.parse(readFileSync(from, 'utf8'));
const text = readFileSync(file, 'utf8');
const marker = /(<!-- results -->\n)([^]*?)(<!-- end of results -->)/;

const columns = new Map();

function set(client, name, value) {
    columns.set(client, new Map([...columns.get(client) ?? [], [name, value]]));
}

const [head = [], , ...body] = text.match(marker)[2].trim().split('\n')
    .map(line => line.split('|').slice(1, -1).map(cell => cell.trim()));

for (const [name, ...cells] of body) {
    cells.forEach((cell, i) => set(head[i + 1], name, cell));
}

for (const client of new Set(results.map(result => result.client))) {
    columns.delete(client);
}

for (const { client, version, protocol, name, ok } of results) {
    const before = columns.get(client)?.get(name);

    set(client, 'version', version);
    set(client, 'date', date);
    set(client, name, [...(before ? [before] : []),
                       ok ? protocol : `${protocol} **failed**`].join(', '));
}

const names = [...columns.keys()].sort();
const cases = [...new Set([...columns.values()].flatMap(c => [...c.keys()]))];
const row = cells => `| ${cells.join(' | ')} |\n`;

writeFileSync(file, text.replace(marker, (all, start, old, end) =>
    start + row(['case', ...names]) + `|${'---|'.repeat(names.length + 1)}\n`
    + cases.map(name => row([name, ...names.map(
        client => columns.get(client).get(name) ?? '')])).join('')
    + end));
