// What a gateway refuses, and what every client has to make of it: an error of
// its own kind, with the status and the code.

import { path, tokens } from './print_service.mjs';

const completed = { status: { state: 'completed', description: 'completed' } };


// "state" is that of the task, "reason" is innerError.code; what is not there is
// that of a change that is let through.

export const refusals = [
    { name: 'a transition that is not allowed', state: 'completed',
      update: { status: { state: 'processing' } },
      status: 409, code: 'conflict', reason: 'transitionNotAllowed' },
    { name: 'another description of a task that has ended', state: 'aborted',
      update: { status: { state: 'aborted', description: 'too late' } },
      status: 409, code: 'conflict', reason: 'taskFinal' },
    { name: 'no such task', path: path('no-such-task'),
      status: 404, code: 'notFound', reason: 'taskNotFound' },
    { name: 'a task by way of a job', path: '/print/printers/1/jobs/2/tasks/3',
      status: 405, code: 'methodNotAllowed', reason: 'notCanonicalPath' },
    { name: 'an id that is none', path: path('a%20b'),
      status: 400, code: 'badRequest', reason: 'idInvalid' },
    { name: 'a token that has expired', token: tokens.expired,
      status: 401, code: 'unauthorized', reason: 'tokenExpired' },
    { name: 'a host that the client sends no token to', token: null,
      status: 401, code: 'unauthorized', reason: 'tokenMissing' },
    { name: 'the token of a user', token: tokens.user,
      status: 403, code: 'forbidden', reason: 'tokenDelegated' },
    { name: 'a state that there is not',
      update: { status: { state: 'paused' } },
      status: 400, code: 'badRequest', reason: 'stateInvalid' },
    { name: 'a description of 1025 bytes',
      update: { status: { state: 'completed', description: 'x'.repeat(1025) } },
      status: 400, code: 'badRequest', reason: 'descriptionTooLong' },
    { name: 'a body that is too large',
      update: { status: { state: 'completed', description: noise(17000) } },
      status: 413, code: 'contentTooLarge', reason: 'bodyTooLarge' },
    { name: 'a body that is too large for nginx',
      update: { status: { state: 'completed', description: noise(40000) } },
      status: 413, code: 'contentTooLarge', reason: undefined },

].map(refusal => ({ state: 'processing', token: tokens.application,
                    update: completed, ...refusal }));


// a text that gzip makes no smaller than 3/4 of it

function noise(length) {
    let text = '', x = 1;

    while (text.length < length) {
        x = (x * 48271) % 2147483647;
        text += String.fromCharCode(48 + x % 75).replace('\\', '/');
    }

    return text;
}
