// The JavaScript example of "Update printTask" in the documentation of
// Microsoft Graph, with the library that it is written for.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BatchRequestContent, Client, GraphError }
    from '@microsoft/microsoft-graph-client';

import { createTask, holdLease, host, path, tokens, url, watch, withoutVersion }
    from './print_service.mjs';
import { refusals } from './refusals.mjs';


const printTask = {
    status: {
        state: 'completed',
        description: 'completed',
    },
};

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;


function client(token) {
    return Client.init({
        authProvider: done => done(null, token),
        baseUrl: url,
        customHosts: new Set(token === null ? [] : [host]),
    });
}

const application = client(tokens.application);


// What the client makes of the error that the gateway answers.

function graphError(statusCode, code, reason) {
    return error => {
        assert.ok(error instanceof GraphError);
        assert.equal(error.statusCode, statusCode);
        assert.equal(error.code, code);

        const { innerError } = JSON.parse(error.body);

        assert.equal(innerError.code, reason);
        assert.match(error.requestId, id);
        assert.ok(Math.abs(Date.now() - Date.parse(`${innerError.date}Z`))
                  < 60000);
        return true;
    };
}


test('the example of the documentation', async () => {
    const task = createTask('processing');

    const updated = await application.api(path(task)).update(printTask);

    assert.match(updated['@odata.etag'], /^"\d+"$/);
    assert.deepEqual(withoutVersion(updated), {
        id: task,
        parentUrl: 'https://print.example/1',
        status: { state: 'completed', description: 'completed' },
    });
});

test('keys in parentheses, beta, a charset', async () => {
    const task = createTask('pending');
    const odata = path(task).replace(/\/([0-9a-f-]{36})/g, "('$1')");

    const updated = await application.api(odata).version('beta')
        .header('Content-Type', 'application/json; charset=utf-8')
        .update({ status: { state: 'processing', description: 'größer' } });

    assert.equal(updated.status.state, 'processing');
    assert.equal(updated.status.description, 'größer');
});

test('a task is read', async () => {
    const task = createTask('processing');
    const { id, status } = await application.api(path(task)).get();

    assert.equal(id, task);
    assert.equal(status.state, 'processing');
});

test('the task that was read, changed and sent back', async () => {
    const task = createTask('processing');
    const read = await application.api(path(task)).get();

    read.status.state = 'aborted';
    const updated = await application.api(path(task)).update(read);

    assert.equal(updated.status.state, 'aborted');
});

test('the same update again', async () => {
    const request = application.api(path(createTask('processing')));
    const first = await request.update(printTask);

    assert.deepEqual(withoutVersion(await request.update(printTask)),
                     withoutVersion(first));
});

test('return=minimal', async () => {
    const updated = await application.api(path(createTask('processing')))
        .header('Prefer', 'return=minimal').update(printTask);

    assert.equal(updated, undefined);
});

for (const refusal of refusals) {
    test(refusal.name, async () => {
        await assert.rejects(
            client(refusal.token)
                .api(refusal.path ?? path(createTask(refusal.state)))
                .update(refusal.update),
            graphError(refusal.status, refusal.code, refusal.reason));
    });
}

test('a property that a task does not have', async () => {
    await assert.rejects(
        application.api(path(createTask('processing')))
            .update({ status: { state: 'completed', percent: 100 } }),
        graphError(400, 'badRequest', 'propertyUnknown'));
});

test('a method that a task does not have', async () => {
    await assert.rejects(
        application.api(path(createTask('processing'))).delete(),
        graphError(405, 'methodNotAllowed', 'methodNotAllowed'));
});

test('a batch', async () => {
    const batch = new BatchRequestContent([{
        id: '1',
        request: new Request(`${url}v1.0${path(createTask('processing'))}`, {
            method: 'PATCH',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(printTask),
        }),
    }]);

    await assert.rejects(
        application.api('/$batch').post(await batch.getContent()),
        graphError(501, 'notImplemented', 'batchNotSupported'));
});

test('a body that is not JSON', async () => {
    await assert.rejects(
        application.api(path(createTask('processing')))
            .update('{"status":{"state":"completed"'),
        graphError(400, 'badRequest', 'jsonSyntax'));
});

test('a body of another type', async () => {
    await assert.rejects(
        application.api(path(createTask('processing')))
            .header('Content-Type', 'text/plain').update(printTask),
        graphError(415, 'unsupportedMediaType', 'contentType'));
});

test('a task that is busy, until the client tries again', async () => {
    const task = createTask('processing');
    const release = holdLease(task);
    const start = performance.now();
    let updated;

    const exchanges = await watch(async () => {
        updated = await application.api(path(task)).update(printTask);

    }, response => {
        if (response.status === 503) {
            release();
        }
    });

    assert.equal(updated.status.state, 'completed');
    assert.deepEqual(exchanges.map(e => e.response.status), [503, 200]);

    const [first, second] = exchanges;

    assert.match(first.response.headers.get('retry-after'), /^[123]$/);
    assert.equal(first.headers.get('retry-attempt'), null);
    assert.equal(second.headers.get('retry-attempt'), '1');
    assert.ok(performance.now() - start > 990);

    assert.equal(first.response.headers.get('client-request-id'),
                 second.response.headers.get('client-request-id'));
    assert.notEqual(first.response.headers.get('request-id'),
                    second.response.headers.get('request-id'));
});

test('too many requests, until the client tries again', async () => {
    const request = application.api(path(createTask('processing')))
        .header('X-Limit', 'microsoft-graph-client');
    let updated;

    await request.update(printTask);

    const exchanges = await watch(async () => {
        updated = await request.update(printTask);
    });

    assert.equal(updated.status.state, 'completed');
    assert.deepEqual(exchanges.map(e => e.response.status), [429, 200]);
    assert.equal(exchanges[0].response.headers.get('retry-after'), '1');
});
