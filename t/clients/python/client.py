# The Python example of "Update printTask", as a program that t/clients/sdk.mjs
# gives a command a line, in JSON; it prints what the application sees.

import asyncio
import json
import sys
import time
from urllib.parse import urlsplit

from azure.core.credentials import AccessToken
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider)
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.print_task import PrintTask
from msgraph.generated.models.print_task_processing_state import (
    PrintTaskProcessingState)
from msgraph.generated.models.print_task_status import PrintTaskStatus


class Credential:
    def __init__(self, token):
        self.token = token

    def get_token(self, *scopes, **options):
        return AccessToken(self.token, int(time.time()) + 3600)


def graph_client(command):
    host = 'graph.microsoft.com'
    if command['token']:
        host = urlsplit(command['url']).hostname

    adapter = GraphRequestAdapter(AzureIdentityAuthenticationProvider(
        Credential(command['token'] or 'none'),
        scopes=['api://print-gateway/.default'], allowed_hosts=[host]))
    adapter.base_url = command['url']

    return GraphServiceClient(request_adapter=adapter)


async def change(client, command, task_id):
    task = (client.print.task_definitions
            .by_print_task_definition_id(command['definition'])
            .tasks.by_print_task_id(task_id))
    state = PrintTaskProcessingState(command['state'])

    if command['op'] == 'get':
        return await task.get()

    if command['op'] == 'sendBack':
        request_body = await task.get()
        request_body.status.state = state
    else:
        request_body = PrintTask(
            status=PrintTaskStatus(
                state=state,
                description=command['description'],
            ),
        )

    return await task.patch(request_body)


async def seen(client, command, task_id):
    try:
        result = await change(client, command, task_id)
    except ODataError as e:
        inner = e.error and e.error.inner_error

        return {'error': type(e).__name__, 'status': e.response_status_code,
                'code': e.error and e.error.code,
                'message': e.error and e.error.message,
                'reason': inner and inner.additional_data.get('code')}
    except Exception as e:
        return {'error': type(e).__name__, 'message': str(e)}

    if result is None:
        return {'empty': True}

    return {'state': result.status.state.value,
            'description': result.status.description}


async def main():
    clients = {}

    for line in sys.stdin:
        command = json.loads(line)
        key = command['url'], command['token']

        if key not in clients:
            clients[key] = graph_client(command)

        print(json.dumps(await asyncio.gather(
            *(seen(clients[key], command, task)
              for task in command['tasks']))), flush=True)


asyncio.run(main())
