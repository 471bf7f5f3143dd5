// The Go example of "Update printTask", as a program that t/clients/sdk.test.mjs
// gives a command a line, in JSON; it prints what the application sees.

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	auth "github.com/microsoft/kiota-authentication-azure-go"
	msgraphsdk "github.com/microsoftgraph/msgraph-sdk-go"
	graphmodels "github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
)

type command struct {
	Op          string
	URL         string
	Token       *string
	Definition  string
	Tasks       []string
	State       string
	Description string
}

type seen map[string]any

type credential struct {
	token string
}

func (c credential) GetToken(ctx context.Context,
	options policy.TokenRequestOptions) (azcore.AccessToken, error) {

	return azcore.AccessToken{Token: c.token,
		ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func graphClient(c *command) (*msgraphsdk.GraphServiceClient, error) {
	base, err := url.Parse(c.URL)
	if err != nil {
		return nil, err
	}

	host, token := "graph.microsoft.com", "none"
	if c.Token != nil {
		host, token = base.Hostname(), *c.Token
	}

	provider, err := auth.NewAzureIdentityAuthenticationProviderWithScopesAndValidHosts(
		credential{token}, []string{"api://print-gateway/.default"},
		[]string{host, base.Host})
	if err != nil {
		return nil, err
	}

	adapter, err := msgraphsdk.NewGraphRequestAdapter(provider)
	if err != nil {
		return nil, err
	}

	adapter.SetBaseUrl(c.URL)

	return msgraphsdk.NewGraphServiceClient(adapter), nil
}

func change(client *msgraphsdk.GraphServiceClient, c *command,
	id string) (graphmodels.PrintTaskable, error) {

	ctx := context.Background()
	task := client.Print().TaskDefinitions().
		ByPrintTaskDefinitionId(c.Definition).Tasks().ByPrintTaskId(id)

	parsed, err := graphmodels.ParsePrintTaskProcessingState(c.State)
	if err != nil {
		return nil, err
	}

	state := parsed.(*graphmodels.PrintTaskProcessingState)

	if c.Op == "sendBack" {
		requestBody, err := task.Get(ctx, nil)
		if err != nil {
			return nil, err
		}

		requestBody.GetStatus().SetState(state)

		return task.Patch(ctx, requestBody, nil)
	}

	requestBody := graphmodels.NewPrintTask()
	status := graphmodels.NewPrintTaskStatus()
	status.SetState(state)
	status.SetDescription(&c.Description)
	requestBody.SetStatus(status)

	return task.Patch(ctx, requestBody, nil)
}

func see(client *msgraphsdk.GraphServiceClient, c *command, id string) seen {
	task, err := change(client, c, id)

	if err != nil {
		return seeError(err)
	}

	if task == nil {
		return seen{"empty": true}
	}

	status := task.GetStatus()

	return seen{"state": status.GetState().String(),
		"description": status.GetDescription()}
}

func seeError(err error) seen {
	var odata *odataerrors.ODataError
	var api *abstractions.ApiError

	if errors.As(err, &odata) {
		result := seen{"error": "ODataError",
			"status": odata.ResponseStatusCode}

		if e := odata.GetErrorEscaped(); e != nil {
			result["code"] = e.GetCode()
			result["message"] = e.GetMessage()

			if inner := e.GetInnerError(); inner != nil {
				result["reason"] = inner.GetAdditionalData()["code"]
			}
		}

		return result
	}

	if errors.As(err, &api) {
		return seen{"error": "ApiError", "status": api.ResponseStatusCode,
			"message": api.Error()}
	}

	return seen{"error": fmt.Sprintf("%T", err), "message": err.Error()}
}

func main() {
	clients := map[string]*msgraphsdk.GraphServiceClient{}
	out := json.NewEncoder(os.Stdout)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)

	for in.Scan() {
		var c command

		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			log.Fatal(err)
		}

		key := c.URL
		if c.Token != nil {
			key += " " + *c.Token
		}

		client, known := clients[key]

		if !known {
			var err error

			if client, err = graphClient(&c); err != nil {
				log.Fatal(err)
			}

			clients[key] = client
		}

		all := make([]seen, len(c.Tasks))
		var group sync.WaitGroup

		for i, id := range c.Tasks {
			group.Add(1)

			go func() {
				defer group.Done()
				all[i] = see(client, &c, id)
			}()
		}

		group.Wait()

		if err := out.Encode(all); err != nil {
			log.Fatal(err)
		}
	}
}
