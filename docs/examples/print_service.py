#!/usr/bin/env python3

# Copyright (C) The ngx_http_print_task_module authors

"""A print service that holds each job until an application releases it.

    print_service.py URL SPOOL TOKEN

URL    the tasks of one definition at the gateway:
       https://print.example.com/v1.0/print/taskDefinitions/ID/tasks
SPOOL  a directory.  A job is a file in SPOOL/held, its name is the id of the
       task.  The file moves to SPOOL/printed when the task is completed, and
       to SPOOL/dropped when it is aborted.
TOKEN  a file with an access token that has the role of print_task_admin.  It is
       read for each request, so that another program can renew it.

Each step can be repeated: the service may be killed at any time.
"""

import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request

url, spool, token_file = sys.argv[1:4]

position_file = os.path.join(spool, 'position')
moves_to = {'completed': 'printed', 'aborted': 'dropped'}


def request(method, target, body=None, **headers):
    with open(token_file, encoding='ascii') as file:
        headers['Authorization'] = 'Bearer ' + file.read().strip()

    if body is not None:
        headers['Content-Type'] = 'application/json'
        body = json.dumps(body).encode()

    # the gateway sends a comment each 15 seconds in a stream of events

    return urllib.request.urlopen(timeout=45, url=urllib.request.Request(
        target, body, {name.replace('_', '-'): value
                       for name, value in headers.items()}, method=method))


def ignoring(status, *args, **headers):
    try:
        request(*args, **headers).close()
    except urllib.error.HTTPError as error:
        if error.code != status:
            raise


def hold(job):
    """Makes the task of a job.  412: there is one since an earlier start."""
    ignoring(412, 'PUT', f'{url}/{job}', {'status': {
        'state': 'processing', 'description': 'Held until it is released'}},
        If_None_Match='*')


def finish(task):
    """Ends the job of a final task.  404: the task is deleted already."""
    job, state = task['id'], task['status']['state']

    if state in moves_to:
        try:
            os.rename(os.path.join(spool, 'held', job),
                      os.path.join(spool, moves_to[state], job))
        except FileNotFoundError:
            pass

        ignoring(404, 'DELETE', f'{url}/{job}')


def finish_all():
    """Looks at all tasks: after a start, and when events were missed."""
    page = url

    while page:
        with request('GET', page) as response:
            tasks = json.load(response)

        for task in tasks['value']:
            finish(task)

        page = tasks.get('@odata.nextLink')


def keep(position):
    with open(position_file + '.new', 'w', encoding='ascii') as file:
        file.write(position)

    os.rename(position_file + '.new', position_file)


def take(message):
    if message.get('event') in ('created', 'updated'):
        finish(json.loads(message['data'])['data'])

    elif 'id' in message and (message.get('event') == 'missed'
                              or not os.path.exists(position_file)):
        finish_all()

    if 'id' in message:
        keep(message['id'])


def watch():
    """Takes events until the gateway ends the stream."""
    headers = {'Accept': 'text/event-stream'}
    message = {}

    if os.path.exists(position_file):
        with open(position_file, encoding='ascii') as file:
            headers['Last_Event_ID'] = file.read()

    with request('GET', url, **headers) as stream:
        for line in stream:
            name, _, value = line.decode().rstrip('\n').partition(': ')

            if name:
                message[name] = value
                continue

            take(message)
            message = {}


def forever(seconds, step):
    while True:
        try:
            step()
        except OSError as error:
            print(f'{step.__name__}: {error}', file=sys.stderr, flush=True)

        time.sleep(seconds)


def hold_new(known=set()):
    for job in set(os.listdir(os.path.join(spool, 'held'))) - known:
        hold(job)
        known.add(job)


for directory in 'held', 'printed', 'dropped':
    os.makedirs(os.path.join(spool, directory), exist_ok=True)

threading.Thread(target=forever, args=(1, hold_new), daemon=True).start()
forever(1, watch)
