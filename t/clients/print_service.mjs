// What the tests of clients have in common: tasks at the print service, and
// what goes over the wire.  t/clients/run has started the servers.

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

const { TENANT, APP, DEFINITION } = process.env;

export const url = process.env.GATEWAY;
export const host = new URL(url).hostname;

export const tokens = {
    application: process.env.TOKEN,
    user: process.env.TOKEN_USER,
    expired: process.env.TOKEN_EXPIRED,
    role: process.env.TOKEN_ROLE,
    audience: process.env.TOKEN_AUDIENCE,
};


export function redis(server, ...command) {
    return execFileSync('redis-cli', ['-s', `${server}.sock`, ...command],
                        { encoding: 'utf8' });
}


function serviceKey(task) {
    return `print-service:{${TENANT}/${DEFINITION}/${task}}`;
}


// Creates a task as a print service does, returns its id.

export function createTask(state) {
    const task = randomUUID();

    redis('print-service-redis', 'HSET', serviceKey(task), 'state', state,
          'app', APP, 'parentUrl', 'https://print.example/1');

    return task;
}


// What the print service knows of a task: its state, or another field.

export function stored(task, field) {
    return redis('print-service-redis', 'HGET', serviceKey(task),
                 field).trim();
}


// A task without the version that the print service gives it: the gateway
// answers a repeat from its record, which has none.

export function withoutVersion(task) {
    const { '@odata.etag': version, additionalData, ...rest } = task;

    return rest;
}


export function path(task) {
    return `/print/taskDefinitions/${DEFINITION}/tasks/${task}`;
}


// Another gateway is changing the task, until the returned function is called.

export function holdLease(task) {
    const key = `print-task:{${TENANT}/${DEFINITION}}/${task}`;

    redis('gateway-redis', 'HSET', key, 'rev', '1', 'lease', 'another',
          'leaseUntil', String(Date.now() + 3000));

    return () => redis('gateway-redis', 'HDEL', key, 'lease', 'leaseUntil');
}


// Calls a function, and "answered" after each answer from the network.
// Returns the headers that were sent, and the answers.

export async function watch(call, answered = () => {}) {
    const { fetch } = globalThis;
    const exchanges = [];

    globalThis.fetch = async (input, options) => {
        const response = await fetch(input, options);

        exchanges.push({ headers: new Headers(options.headers), response });
        answered(response);

        return response;
    };

    try {
        await call();

    } finally {
        globalThis.fetch = fetch;
    }

    return exchanges;
}
