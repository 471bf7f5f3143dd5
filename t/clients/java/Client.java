// The Java example of "Update printTask", as a program that
// t/clients/sdk.test.mjs gives a command a line, in JSON; it prints what the
// application sees.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.microsoft.graph.core.authentication.AzureIdentityAuthenticationProvider;
import com.microsoft.graph.core.requests.BaseGraphRequestAdapter;
import com.microsoft.graph.models.PrintTask;
import com.microsoft.graph.models.PrintTaskProcessingState;
import com.microsoft.graph.models.PrintTaskStatus;
import com.microsoft.graph.models.odataerrors.ODataError;
import com.microsoft.graph.serviceclient.GraphServiceClient;
import reactor.core.publisher.Mono;


public class Client {

    static GraphServiceClient graphClient(String url, JsonElement token) {
        String host = token.isJsonNull() ? "graph.microsoft.com"
                                         : URI.create(url).getHost();
        String secret = token.isJsonNull() ? "none" : token.getAsString();

        TokenCredential credential = request -> Mono.just(
            new AccessToken(secret, OffsetDateTime.now().plusHours(1)));

        AzureIdentityAuthenticationProvider provider =
            new AzureIdentityAuthenticationProvider(credential,
                new String[] { host }, "api://print-gateway/.default");

        BaseGraphRequestAdapter adapter =
            new BaseGraphRequestAdapter(provider, url);

        // the constructor of the service sets that of Microsoft Graph
        // where there is no other
        adapter.setBaseUrl(url);

        return new GraphServiceClient(adapter);
    }


    static PrintTask change(GraphServiceClient client, JsonObject command,
                            String id) {
        var task = client.print().taskDefinitions()
            .byPrintTaskDefinitionId(command.get("definition").getAsString())
            .tasks().byPrintTaskId(id);

        PrintTaskProcessingState state =
            PrintTaskProcessingState.forValue(command.get("state").getAsString());

        if (command.get("op").getAsString().equals("sendBack")) {
            PrintTask printTask = task.get();
            printTask.getStatus().setState(state);
            return task.patch(printTask);
        }

        PrintTask printTask = new PrintTask();
        PrintTaskStatus status = new PrintTaskStatus();
        status.setState(state);
        status.setDescription(command.get("description").getAsString());
        printTask.setStatus(status);
        return task.patch(printTask);
    }


    static JsonObject seen(GraphServiceClient client, JsonObject command,
                           String id) {
        JsonObject seen = new JsonObject();

        try {
            PrintTask result = change(client, command, id);

            if (result == null) {
                seen.addProperty("empty", true);
                return seen;
            }

            seen.addProperty("state", result.getStatus().getState().getValue());
            seen.addProperty("description",
                             result.getStatus().getDescription());

        } catch (ODataError e) {
            seen.addProperty("error", "ODataError");
            seen.addProperty("status", e.getResponseStatusCode());

            if (e.getError() != null) {
                seen.addProperty("code", e.getError().getCode());
                seen.addProperty("message", e.getError().getMessage());

                if (e.getError().getInnerError() != null) {
                    seen.addProperty("reason", String.valueOf(
                        e.getError().getInnerError().getAdditionalData()
                         .get("code")));
                }
            }

        } catch (Exception e) {
            seen.addProperty("error", e.getClass().getSimpleName());
            seen.addProperty("message", String.valueOf(e.getMessage()));
        }

        return seen;
    }


    public static void main(String[] args) throws Exception {
        Map<String, GraphServiceClient> clients = new HashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(20);
        PrintStream out = new PrintStream(System.out, true,
                                          StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(
            new InputStreamReader(System.in, StandardCharsets.UTF_8));

        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonObject command = JsonParser.parseString(line).getAsJsonObject();
            String url = command.get("url").getAsString();
            JsonElement token = command.get("token");

            GraphServiceClient client = clients.computeIfAbsent(url + token,
                key -> graphClient(url, token));

            List<Future<JsonObject>> futures = new ArrayList<>();

            for (JsonElement id : command.getAsJsonArray("tasks")) {
                futures.add(threads.submit(
                    () -> seen(client, command, id.getAsString())));
            }

            JsonArray all = new JsonArray();

            for (Future<JsonObject> future : futures) {
                all.add(future.get());
            }

            out.println(new Gson().toJson(all));
        }

        System.exit(0);
    }
}
