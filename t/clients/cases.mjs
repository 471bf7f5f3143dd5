// What every official SDK is made to do, and what its application has to see:
// the cases of t/clients/sdk.test.mjs, for each client and protocol.
//
// "state" is that of the task at first, null if there is no task;
// "op", "to" and "description" are what the application does: "update" is the
// example of the API's page, "sendBack" reads the task, changes its state and
// sends it back.  "at" is the location of the gateway, see t/clients/run.
//
// "sees" is the task or the error; "answers" are the statuses of the gateway;
// "stored" is the state of the task at the end.

import { tokens } from './print_service.mjs';

const done = { state: 'completed', description: 'completed' };

const error = (status, code, reason, message) =>
    ({ status, code, reason, message });

export const cases = [
    { name: 'success', sees: done, answers: [200], stored: 'completed' },
    { name: 'repeat', times: 2, sees: done, answers: [200, 200],
      stored: 'completed' },
    { name: 'illegal', state: 'completed', to: 'processing',
      sees: error(409, 'conflict', 'transitionNotAllowed',
                  /from completed to processing/),
      answers: [409], stored: 'completed' },
    { name: 'final', state: 'aborted', to: 'aborted',
      sees: error(409, 'conflict', 'taskFinal', /has ended/),
      answers: [409], stored: 'aborted' },
    { name: '401 missing', token: null,
      sees: error(401, 'unauthorized', 'tokenMissing', /no bearer token/),
      answers: [401], stored: 'processing' },
    { name: '401 expired', token: tokens.expired,
      sees: error(401, 'unauthorized', 'tokenExpired', /expired/),
      answers: [401], stored: 'processing' },
    { name: '401 audience', token: tokens.audience,
      sees: error(401, 'unauthorized', 'tokenAudience', /audience/),
      answers: [401], stored: 'processing' },
    { name: '403 user', token: tokens.user,
      sees: error(403, 'forbidden', 'tokenDelegated', /delegated/),
      answers: [403], stored: 'processing' },
    { name: '403 role', token: tokens.role,
      sees: error(403, 'forbidden', 'roleMissing', /role/),
      answers: [403], stored: 'processing' },
    { name: '400', description: 'x'.repeat(1025),
      sees: error(400, 'badRequest', 'descriptionTooLong', /description/),
      answers: [400], stored: 'processing' },
    { name: '404', state: null,
      sees: error(404, 'notFound', 'taskNotFound', /task/), answers: [404] },
    { name: '413', description: noise(17000),
      sees: error(413, 'contentTooLarge', 'bodyTooLarge', /too large/),
      answers: [413], stored: 'processing' },
    { name: '503, then success', busy: true, sees: done,
      answers: [503, 200], stored: 'completed' },
    { name: '429, then success', at: 'limited/', times: 2, sees: done,
      answers: [200, 429, 200], stored: 'completed' },
    { name: '504, then repeat', at: 'slow/', sees: done,
      answers: [504, 200] },
    { name: 'back end answers 204', at: 'empty/', sees: { empty: true },
      answers: [204] },
    { name: '20 parallel', parallel: 20, sees: done,
      answers: Array(20).fill(200), stored: 'completed' },
    { name: 'read, changed, sent back', op: 'sendBack', to: 'aborted',
      answers: [200, 200], sees: { state: 'aborted' }, stored: 'aborted' },

].map(c => ({ op: 'update', state: 'processing', to: 'completed', at: '',
              description: 'completed', token: tokens.application, times: 1,
              parallel: 1, ...c }));


// a text that gzip makes no smaller than 3/4 of it

function noise(length) {
    let text = '', x = 1;

    while (text.length < length) {
        x = (x * 48271) % 2147483647;
        text += String.fromCharCode(48 + x % 75).replace('\\', '/');
    }

    return text;
}
