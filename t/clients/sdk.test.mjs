// The official SDKs of other languages: each is a program that reads commands
// and prints what its application sees.  Every client goes through the cases of
// cases.mjs, over HTTP/2 and HTTP/1.1.  CLIENTS is a list of names, versions and
// commands; see t/clients/run.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

import { cases } from './cases.mjs';
import { createTask, holdLease, stored, tokens } from './print_service.mjs';


const clients = JSON.parse(process.env.CLIENTS);
const definition = process.env.DEFINITION;
const protocols = { 'HTTP/2.0': process.env.SERVER_HTTP2,
                    'HTTP/1.1': process.env.SERVER_HTTP1 };
const recorders = { 'HTTP/2.0': process.env.RECORDER_HTTP2,
                    'HTTP/1.1': process.env.RECORDER_HTTP1 };

const results = [];
const changes = new Map();


// --- a print service that is slow, or that answers without a body

const service = http.createServer((request, response) => {
    const task = request.url.split('/').pop();

    request.resume();
    request.on('end', () => {
        if (request.method === 'PATCH' && request.url.startsWith('/empty')) {
            response.writeHead(204).end();

        } else if (request.method === 'PATCH') {
            changes.set(task, (changes.get(task) ?? 0) + 1);
            // never answered: the gateway gives up

        } else {
            response.setHeader('Content-Type', 'application/json');
            response.end(JSON.stringify(found(task, request.url)));
        }
    });
});

function found(task, url) {
    const made = changes.has(task) && !url.startsWith('/empty');

    return {
        id: task,
        parentUrl: 'https://print.example/1',
        status: made ? { state: 'completed', description: 'completed' }
                     : { state: 'processing', description: '' },
        definition: { createdBy: { appId: process.env.APP } },
    };
}

before(() => new Promise(done => service.listen('scripted.sock', done)));

after(() => {
    service.closeAllConnections();
    service.close();
});


// --- clients

function start({ name, command, environment }) {
    const child = spawn(command[0], command.slice(1), {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, ...environment },
    });
    const lines = createInterface({ input: child.stdout })
        [Symbol.asyncIterator]();

    return {
        end: () => child.stdin.end(),

        async run(command) {
            child.stdin.write(JSON.stringify({ definition, ...command })
                              + '\n');

            const { value, done } = await lines.next();

            assert.ok(!done, `${name} ended`);
            return JSON.parse(value);
        },
    };
}


// What a server has logged of some tasks, when it has logged "count" requests.

async function logged(file, tasks, count) {
    let lines;

    for (const end = Date.now() + 20000; Date.now() < end; await sleep(20)) {
        lines = readFileSync(file, 'latin1').split('\n')
            .filter(line => tasks.some(task => line.includes(task)))
            .map(line => JSON.parse(line));

        if (lines.length >= count) {
            break;
        }
    }

    return lines;
}


async function check(client, protocol, c) {
    const tasks = Array.from({ length: c.parallel },
        () => c.state === null || c.at === 'slow/' || c.at === 'empty/'
              ? randomUUID() : createTask(c.state));
    const release = c.busy && holdLease(tasks[0]);
    const timer = release && setTimeout(release, 500);

    for (let i = 0; i < c.times; i++) {
        const seen = await client.run({
            op: c.op, url: `${protocols[protocol]}${c.at}v1.0`, token: c.token,
            tasks, state: c.to, description: c.description,
        });

        for (const one of seen) {
            compare(one, c.sees);
        }
    }

    clearTimeout(timer);

    const exchanges = await logged('exchanges.log', tasks, c.answers.length);

    assert.deepEqual(exchanges.map(e => e.status), c.answers);
    assert.deepEqual(new Set(exchanges.map(e => e.protocol)),
                     new Set([protocol]));

    for (const task of c.stored ? tasks : []) {
        assert.equal(stored(task, 'state'), c.stored);
    }
}


function compare(seen, sees) {
    const text = JSON.stringify(seen);

    if (!sees.status) {
        assert.deepEqual({ ...seen, ...sees }, seen, text);
        assert.equal(seen.error, undefined, text);
        return;
    }

    assert.match(seen.error ?? '', /^ODataError/, text);
    assert.equal(seen.status, sees.status, text);
    assert.equal(seen.code, sees.code, text);
    assert.equal(seen.reason, sees.reason, text);
    assert.match(seen.message, sees.message, text);
}


// The bytes that a client sends, as a proxy before the gateway saw them.

async function bytes(client, protocol, sends) {
    const tasks = [createTask('processing')];

    await client.run({
        op: 'update', url: `${recorders[protocol]}v1.0`, tasks,
        token: tokens.application, state: 'completed', description: 'größer',
    });

    const [{ body, encoding, type, protocol: used }] =
        await logged('recorder.log', tasks, 1);
    const plain = encoding === 'gzip'
        ? gunzipSync(Buffer.from(body, 'latin1')) : Buffer.from(body, 'latin1');

    assert.equal(used, protocol);
    assert.match(type, /^application\/json/);
    assert.equal(encoding, sends.encoding ?? '');
    assert.equal(plain.toString(), sends.body);
}


// Changes, refused and made, over one connection.

async function reuse(client, protocol, sends) {
    const connections = new Set();

    for (const [description, status] of [['x', 200], ['x'.repeat(1025), 400],
                                         ['y', 200], ['z', 200]])
    {
        const tasks = [createTask('processing')];

        await client.run({
            op: 'update', url: `${protocols[protocol]}v1.0`, tasks,
            token: tokens.application, state: 'completed', description,
        });

        const [exchange] = await logged('exchanges.log', tasks, 1);

        assert.equal(exchange.status, status);
        connections.add(exchange.connection);
    }

    assert.equal(connections.size, protocol === 'HTTP/1.1'
                                   ? sends.connections ?? 1 : 1);
}


for (const client of clients) {
    let program;

    test(`${client.name} ${client.version}`, async t => {
        program = start(client);
        t.after(() => program.end());

        for (const protocol of Object.keys(protocols)) {
            const run = (name, call) => t.test(`${protocol}: ${name}`,
                async () => {
                    const result = { client: client.name, protocol, name,
                                     version: client.version, ok: false };

                    results.push(result);
                    await call();
                    result.ok = true;
                });

            for (const c of cases) {
                const own = client.sees?.[c.name];

                await run(c.name, () => check(program, protocol,
                                              { ...c, ...own }));
            }

            await run('bytes', () => bytes(program, protocol, client.sends));
            await run('connection is reused',
                      () => reuse(program, protocol, client.sends));
        }
    });
}


after(() => writeFileSync(process.env.RESULTS, JSON.stringify({
    date: new Date().toISOString().slice(0, 10), results,
})));
