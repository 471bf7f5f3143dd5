#!/usr/bin/env node

// Copyright (C) The ngx_http_print_task_module authors

// A print service that holds each job until an application releases it:
//
//     print_service.mjs URL SPOOL TOKEN
//
// URL    the tasks of one definition at the gateway:
//        https://print.example.com/v1.0/print/taskDefinitions/ID/tasks
// SPOOL  a directory.  A job is a file in SPOOL/held, its name is the id of the
//        task.  The file moves to SPOOL/printed when the task is completed, and
//        to SPOOL/dropped when it is aborted.
// TOKEN  a file with an access token that has the role of print_task_admin.  It
//        is read for each request, so that another program can renew it.
//
// Each step can be repeated: the service may be killed at any time.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync,
         writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [url, spool, tokenFile] = process.argv.slice(2);

const positionFile = join(spool, 'position');
const movesTo = { completed: 'printed', aborted: 'dropped' };


async function request(method, target, { body, headers, signal, ignore } = {}) {
    const token = readFileSync(tokenFile, 'ascii').trim();

    const response = await fetch(target, {
        method, body: body && JSON.stringify(body),
        signal: signal ?? AbortSignal.timeout(45000),
        headers: { Authorization: `Bearer ${token}`,
                   ...body && { 'Content-Type': 'application/json' },
                   ...headers },
    });

    if (!response.ok && response.status !== ignore) {
        throw new Error(`${method} ${target}: ${response.status}`);
    }

    return response;
}


// Makes the task of a job.  412: there is one since an earlier start.

async function hold(job) {
    await request('PUT', `${url}/${job}`, {
        body: { status: { state: 'processing',
                          description: 'Held until it is released' } },
        headers: { 'If-None-Match': '*' }, ignore: 412 });
}


// Ends the job of a final task.  404: the task is deleted already.

async function finish({ id, status: { state } }) {
    if (!movesTo[state]) {
        return;
    }

    if (existsSync(join(spool, 'held', id))) {
        renameSync(join(spool, 'held', id), join(spool, movesTo[state], id));
    }

    await request('DELETE', `${url}/${id}`, { ignore: 404 });
}


// Looks at all tasks: after a start, and when events were missed.

async function finishAll() {
    for (let page = url; page; ) {
        const tasks = await (await request('GET', page)).json();

        for (const task of tasks.value) {
            await finish(task);
        }

        page = tasks['@odata.nextLink'];
    }
}


function keep(position) {
    writeFileSync(`${positionFile}.new`, position);
    renameSync(`${positionFile}.new`, positionFile);
}


async function take(message) {
    if (message.event === 'created' || message.event === 'updated') {
        await finish(JSON.parse(message.data).data);

    } else if (message.id !== undefined && (message.event === 'missed'
                                            || !existsSync(positionFile))) {
        await finishAll();
    }

    if (message.id !== undefined) {
        keep(message.id);
    }
}


// Takes events until the gateway ends the stream.

async function watch() {
    const headers = { Accept: 'text/event-stream' };

    if (existsSync(positionFile)) {
        headers['Last-Event-ID'] = readFileSync(positionFile, 'ascii');
    }

    // the gateway sends a comment each 15 seconds

    const silent = new AbortController();
    const timer = setTimeout(() => silent.abort(), 45000);

    try {
        const stream = await request('GET', url,
                                     { headers, signal: silent.signal });
        let text = '';

        for await (const chunk of stream.body.pipeThrough(
                                                new TextDecoderStream())) {
            timer.refresh();
            const messages = (text + chunk).split('\n\n');
            text = messages.pop();

            for (const lines of messages) {
                await take(Object.fromEntries(lines.split('\n').map(
                    line => line.split(/: (.*)/s))));
            }
        }

    } finally {
        clearTimeout(timer);
    }
}


async function holdNew(known) {
    for (const job of readdirSync(join(spool, 'held'))) {
        if (!known.has(job)) {
            await hold(job);
            known.add(job);
        }
    }
}


async function forever(step, ...args) {
    for (;;) {
        await step(...args).catch(
            error => console.error(`${step.name}: ${error}`));
        await sleep(1000);
    }
}


for (const directory of ['held', 'printed', 'dropped']) {
    mkdirSync(join(spool, directory), { recursive: true });
}

forever(holdNew, new Set());
forever(watch);
